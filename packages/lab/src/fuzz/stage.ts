import type { BlockHash } from "@forkyard/core/hash";
import type { Command, CommandResult } from "../world/command.ts";
import { RandomStreams } from "../world/sim/random/stream.ts";
import type { SimWorld } from "../world/sim/sim-world.ts";
import type { NodeName } from "../world/world.ts";
import type { FuzzAction } from "./fuzz-world.ts";
import type { HostileAction } from "./hostile/hostile-action.ts";
import { HostilePeer } from "./hostile/hostile-peer.ts";
import type { WorldInspection } from "./world-inspection.ts";

export interface StageParts {
  readonly world: SimWorld;
  readonly inspection: WorldInspection;
  readonly seed: number;
  /** A node's disk was wiped or damaged. */
  readonly damaged: (node: NodeName) => void;
}

/** Carries events out. What the world refuses, because something else has come between, is simply not done. */
export class Stage {
  readonly #parts: StageParts;
  readonly #streams: RandomStreams;
  readonly #hostile = new Map<string, HostilePeer>();

  constructor(parts: StageParts) {
    this.#parts = parts;
    this.#streams = new RandomStreams(parts.seed);
  }

  act(action: FuzzAction): void {
    switch (action.kind) {
      case "command":
        this.command(action.command);
        return;
      case "hostile":
        this.#peer(action).send(action.sends);
        return;
      case "invalidate-branch": {
        // What wallets have their first coins from stays out of it.
        const hash = this.#blockBelow(action.tipOf, action.depth, this.#parts.world.startHeight + 1);
        if (hash !== undefined) this.#invalidate(action.node, hash);
        return;
      }
      case "reconsider":
        this.reconsider(action.node);
        return;
      case "withhold-before": {
        const fork = this.#blockBelow(action.node, action.depth, this.#parts.world.startHeight);
        if (fork !== undefined) this.command({ kind: "withhold", node: action.node, branch: action.branch, fork });
        return;
      }
      case "checkpoint":
      case "censor":
        return;
    }
  }

  /** @returns what came of it, where that is known at once */
  command(command: Command): CommandResult | undefined {
    let result: CommandResult | undefined;
    this.#parts.world.perform(command, (answer) => {
      result = answer;
    });
    // What is left after a flipped bit, like what comes after an empty disk, is another beginning.
    const damaged = command.kind === "crash" && (command.disk ?? "keep") !== "keep" && result?.ok === true;
    if (damaged) this.#parts.damaged(command.node);
    if (damaged && command.disk === "wipe") this.#parts.inspection.declared.delete(command.node);
    return result;
  }

  /** All hostile peers go. */
  sendAway(): void {
    for (const peer of this.#hostile.values()) peer.leave();
  }

  reconsider(node: NodeName): void {
    const { declared } = this.#parts.inspection;
    if (this.#parts.world.hosts.get(node)?.node === undefined) return;
    const hashes = [...(declared.get(node) ?? [])] as BlockHash[];
    declared.delete(node);
    for (const hash of hashes) this.command({ kind: "reconsider", node, hash });
  }

  #invalidate(node: NodeName, hash: BlockHash): void {
    const { inspection, world } = this.#parts;
    // Checkers look as soon as it is done: what is declared has to be known before.
    const known = world.hosts.get(node)?.node?.chain.tree.get(hash);
    if (known === undefined) return;
    const set = inspection.declared.get(node) ?? new Set();
    inspection.declared.set(node, set.add(hash));
    this.command({ kind: "invalidate", node, hash });
  }

  #blockBelow(name: NodeName, depth: number, leastHeight: number): BlockHash | undefined {
    const chain = this.#parts.world.hosts.get(name)?.node?.chain;
    const height = (chain?.tip.height ?? 0) - depth;
    return height >= leastHeight ? chain?.activeAt(height)?.hash : undefined;
  }

  #peer({ peer: name, node: victim }: HostileAction): HostilePeer {
    const known = this.#hostile.get(name);
    if (known !== undefined) return known;
    const { world, inspection } = this.#parts;
    const random = this.#streams.of(name, "hostile");
    const made = (block: Parameters<typeof inspection.reference.add>[0]): void => inspection.reference.add(block);
    const peer = new HostilePeer({ name, victim, world, random, made });
    this.#hostile.set(name, peer);
    return peer;
  }
}
