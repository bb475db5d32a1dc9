import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Curve } from "@forkyard/core/ports/curve";
import type { BlockReader } from "@forkyard/node/chain/block-reader";
import { Judgement } from "@forkyard/node/laboratory/judgement";
import type { RuleVariant } from "@forkyard/node/laboratory/rule-variants";
import type { Node } from "@forkyard/node/node";
import type { ScenarioNode } from "../../../scenario/model.ts";
import type { NodeName } from "../../world.ts";
import type { CrashKind, OpenedChain, SimDisk } from "../disk/sim-disk.ts";
import { SimMiner, type SimMinerParts } from "../mining/sim-miner.ts";
import type { SimNetwork } from "../network/sim-network.ts";
import { SimTransport } from "../network/sim-transport.ts";
import type { RandomStreams } from "../random/stream.ts";
import type { SharedScripts } from "../store/shared-scripts.ts";
import type { VirtualTime } from "../time/virtual-time.ts";
import type { SimWallet } from "../wallet/sim-wallet.ts";
import type { NodeNews } from "./node-news.ts";
import { assembleNode } from "./sim-node.ts";

const MS_PER_SECOND = 1_000;

export interface SimHostParts {
  readonly node: ScenarioNode;
  /** Its place in the scenario. */
  readonly number: number;
  readonly params: NetworkParams;
  readonly curve: Curve;
  readonly reader: BlockReader;
  readonly scripts: SharedScripts;
  readonly time: VirtualTime;
  readonly streams: RandomStreams;
  readonly network: SimNetwork;
  readonly disk: SimDisk;
  readonly wallets: readonly SimWallet[];
  readonly lottery: SimMinerParts["lottery"];
  readonly payTo: Uint8Array;
  readonly statusPollMs: number;
  readonly tell: (news: NodeNews) => void;
  readonly storageFailed: (error: unknown) => void;
}

/** The machine that a node runs on: what stays when the node stops, and the node while it runs. */
export class SimHost {
  readonly name: NodeName;
  readonly number: number;
  readonly wallets: readonly SimWallet[];
  readonly judgement: Judgement;
  readonly miner: SimMiner;
  readonly #parts: SimHostParts;
  #clockOffsetMs: number;
  #node: Node | undefined;
  #transport: SimTransport | undefined;
  /** Counts starts and stops, so that what belongs to an earlier run does not reach a later one. */
  #run = 0;

  constructor(parts: SimHostParts) {
    const { node, number, params, time, streams, lottery, payTo, tell } = parts;
    this.name = node.name;
    this.number = number;
    this.wallets = parts.wallets;
    this.#parts = parts;
    this.#clockOffsetMs = node.clockOffsetSeconds * MS_PER_SECOND;
    const random = streams.of(node.name, "lottery");
    this.judgement = new Judgement(
      node,
      () => time.nowMs,
      (hash, code) => tell({ type: "refused", hash, code }),
    );
    const variant = (): RuleVariant | undefined => this.judgement.variant;
    this.miner = new SimMiner(
      { name: node.name, number, params, time, lottery, random, payTo, variant, tell },
      node.hashShare,
    );
  }

  /** Undefined while it does not run. */
  get node(): Node | undefined {
    return this.#node;
  }

  setClock(offsetSeconds: number): void {
    this.#clockOffsetMs = offsetSeconds * MS_PER_SECOND;
  }

  /** Starts the node on what its disk holds: at once, or when the disk has been read. */
  start(): Promise<void> | undefined {
    this.#run += 1;
    const opened = this.#parts.disk.open();
    if (opened instanceof Promise) return opened.then((chain) => this.#startOn(chain));
    this.#startOn(opened);
    return undefined;
  }

  /** Stops the node in good order. @returns resolves when its disk is closed, where that takes a while */
  stop(): Promise<void> | undefined {
    const node = this.#node;
    if (node === undefined) return undefined;
    this.#end(node);
    this.#parts.tell({ type: "life", status: "stopped" });
    return this.#parts.disk.close();
  }

  /** @returns why it cannot crash that way; undefined when it did */
  crash(kind: CrashKind): string | undefined {
    const node = this.#node;
    const refusal = this.#parts.disk.crash(kind);
    if (refusal !== undefined || node === undefined) return refusal;
    this.#end(node);
    this.#parts.tell({ type: "life", status: "crashed" });
    return undefined;
  }

  #end(node: Node): void {
    this.#run += 1;
    this.#node = undefined;
    this.miner.stop();
    node.stop();
    this.#transport?.stopNow();
  }

  #startOn({ store, start, coins }: OpenedChain): void {
    const { params, curve, reader, scripts, time, streams, network, tell, storageFailed } = this.#parts;
    const run = this.#run;
    this.judgement.forgetArrivals();
    const node = assembleNode({
      name: this.name,
      params,
      store,
      start,
      curve,
      reader,
      scripts,
      judgement: this.judgement,
      clock: time.clock(() => this.#clockOffsetMs),
      timers: time.timers(this.number, () => this.#run === run),
      random: streams.of(this.name, `node ${run}`),
      transport: this.#newTransport(network),
      statusPollMs: this.#parts.statusPollMs,
      tell,
      storageFailed,
    });
    // Coins come once: every wallet looks through the same list.
    const known = this.wallets.length === 0 ? [] : [...coins];
    for (const wallet of this.wallets) node.wallets.adopt(wallet.restart(known, start.tip.height));
    this.#node = node;
    tell({ type: "life", status: "started" });
    node.chain.resume();
    this.miner.start(node);
    this.#transport?.startNow(node);
  }

  #newTransport(network: SimNetwork): SimTransport {
    this.#transport = new SimTransport(this.name, network);
    return this.#transport;
  }
}
