import type { RemoteNode } from "@forkyard/devnet/remote/remote-node";
import type { RunningDevnet } from "@forkyard/devnet/remote/running-devnet";
import type { ScenarioLink } from "../../scenario/model.ts";
import type { LinkCommand } from "../command.ts";
import type { NodeName } from "../world.ts";
import type { LiveNet } from "./live-net.ts";

/** Latency, loss and partitions of a live net, imposed by the nodes themselves. */
export class LiveLinks {
  readonly #net: LiveNet;
  readonly #pace: number;
  readonly #links = new Map<string, ScenarioLink>();
  /** Pairs whose link is down on purpose. */
  readonly #down = new Set<string>();
  #groups: readonly (readonly NodeName[])[] = [];

  /** @param pace milliseconds of the scenario in one of the machine's: links are faster by as much */
  constructor(net: LiveNet, links: readonly ScenarioLink[], pace: number) {
    this.#net = net;
    this.#pace = pace;
    for (const link of links) this.#links.set(pairOf(...link.between), link);
  }

  async partition(groups: readonly (readonly NodeName[])[]): Promise<void> {
    this.#groups = groups;
    await this.apply();
  }

  async heal(): Promise<void> {
    this.#groups = [];
    this.#down.clear();
    await this.apply();
  }

  async change({ between, up, latencyMs, jitterMs, bytesPerSecond, loss }: LinkCommand): Promise<void> {
    const pair = pairOf(...between);
    const before = this.#links.get(pair) ?? { between, latencyMs: 0, jitterMs: 0, bytesPerSecond: undefined, loss: 0 };
    this.#links.set(pair, {
      between,
      latencyMs: latencyMs ?? before.latencyMs,
      jitterMs: jitterMs ?? before.jitterMs,
      bytesPerSecond: bytesPerSecond ?? before.bytesPerSecond,
      loss: loss ?? before.loss,
    });
    if (up === false) this.#down.add(pair);
    if (up === true) this.#down.delete(pair);
    await this.apply();
  }

  /** Tells every running node, or one that was started again, how its links are. */
  async apply(only?: NodeName): Promise<void> {
    const { devnet } = this.#net;
    const nodes = devnet.running().filter(({ name }) => only === undefined || name === only);
    await Promise.all(nodes.map((node) => this.#tell(devnet, node)));
    await Promise.all(devnet.running().map((node) => this.#redial(devnet, node)));
  }

  async #tell(devnet: RunningDevnet, node: RemoteNode): Promise<void> {
    const others = devnet.nodes.filter(({ name }) => name !== node.name);
    const cut = others.filter(({ name }) => this.#isCut(node.name, name));
    await node.setBlockedPeers(cut.flatMap(({ state }) => state.peerId ?? []));
    const slow = others.flatMap(({ name, state }) => {
      const link = this.#links.get(pairOf(node.name, name));
      if (link === undefined || state.peerId === undefined) return [];
      const { latencyMs, jitterMs, bytesPerSecond, loss } = link;
      const throughput = bytesPerSecond === undefined ? undefined : Math.ceil(bytesPerSecond * this.#pace);
      return [
        {
          peer: state.peerId,
          latencyMs: latencyMs / this.#pace,
          jitterMs: jitterMs / this.#pace,
          bytesPerSecond: throughput,
          loss,
        },
      ];
    });
    await node.setLinks(slow);
  }

  /** Links that may be up are dialled now, not when the nodes next try by themselves. One end is enough. */
  async #redial(devnet: RunningDevnet, node: RemoteNode): Promise<void> {
    for (const other of devnet.running()) {
      const wanted = other.name < node.name && this.#links.has(pairOf(node.name, other.name));
      if (!wanted || this.#isCut(node.name, other.name) || other.state.peerId === undefined) continue;
      await node.dial(`/ip4/127.0.0.1/tcp/${other.state.p2pPort}/p2p/${other.state.peerId}`);
    }
  }

  #isCut(a: NodeName, b: NodeName): boolean {
    // Nodes that the scenario does not link met while the wallets were funded, at most.
    if (this.#down.has(pairOf(a, b)) || !this.#links.has(pairOf(a, b))) return true;
    const [of, other] = [a, b].map((name) => this.#groups.findIndex((group) => group.includes(name)));
    return of !== other && of !== -1 && other !== -1;
  }
}

function pairOf(a: NodeName, b: NodeName): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
