import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import type { ChainEntry } from "@forkyard/core/chain";
import type { Coin } from "@forkyard/core/coins";
import type { RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Clock } from "@forkyard/core/ports/clock";
import type { Log } from "@forkyard/core/ports/log";
import { outPointKey } from "@forkyard/core/tx";
import { Mempool } from "@forkyard/mempool/mempool";
import { systemRandom } from "@forkyard/node/adapters/system-random";
import type { Chain, ChainStart } from "@forkyard/node/chain/chain";
import { ChainFollower } from "@forkyard/node/chain/chain-follower";
import { loadChainStart } from "@forkyard/node/chain/load-chain";
import { WatchedChain } from "@forkyard/node/laboratory/watched-chain";
import { MempoolFollower } from "@forkyard/node/mempool/mempool-follower";
import { Node } from "@forkyard/node/node";
import { WalletHost } from "@forkyard/node/wallets/wallet-host";
import { EventLog } from "@forkyard/rpc/schema/event-log";
import type { EngineChainStore } from "@forkyard/storage/chain-store";
import { MemoryEngine } from "@forkyard/storage/engine/memory-engine";
import { openChainStore } from "@forkyard/storage/open-chain-store";
import type { SimNetwork } from "./sim-network.ts";
import type { SimTransport } from "./sim-transport.ts";

const curve = selectCurve();
const storageFailed = (error: unknown): never => {
  throw error;
};
const SILENT_LOG: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export interface SimNodeOptions {
  readonly id: string;
  readonly params: NetworkParams;
  readonly network: SimNetwork;
  readonly clock?: Clock;
  /** The disk; a new one when absent. */
  readonly engine?: MemoryEngine;
}

/** A rule that the chain found broken, however the block or header came in. */
export interface Refusal {
  readonly hash: BlockHash;
  readonly error: RuleError;
}

/** A whole node, the class that runs for real, on a disk in memory, a simulated network and virtual time. */
export class SimNode {
  readonly options: SimNodeOptions;
  readonly engine: MemoryEngine;
  readonly node: Node;
  readonly store: EngineChainStore;
  readonly transport: SimTransport;
  /** In the order in which they were found. */
  readonly refusals: readonly Refusal[];

  private constructor(
    options: SimNodeOptions & { readonly engine: MemoryEngine },
    parts: { node: Node; store: EngineChainStore; transport: SimTransport; refusals: readonly Refusal[] },
  ) {
    this.options = options;
    this.engine = options.engine;
    this.node = parts.node;
    this.store = parts.store;
    this.transport = parts.transport;
    this.refusals = parts.refusals;
  }

  static async start(options: SimNodeOptions): Promise<SimNode> {
    const { params, network, id, engine = new MemoryEngine() } = options;
    const identity = { networkName: params.name, genesisHash: params.genesis.hash };
    const store = await openChainStore(engine, identity, systemRandom);
    const start = await loadChainStart(params, store);
    const transport = network.transport(id);
    const refusals: Refusal[] = [];
    const node = assemble(options, { store, start, transport, refusals });
    await transport.start(node);
    return new SimNode({ ...options, engine }, { node, store, transport, refusals });
  }

  get chain(): Chain {
    return this.node.chain;
  }

  /** Stops the node and starts it again on the same disk. */
  async restart(): Promise<SimNode> {
    await this.stop();
    return SimNode.start({ ...this.options, engine: this.engine });
  }

  async stop(): Promise<void> {
    this.node.stop();
    await this.transport.stop();
    await this.chain.durable();
    await this.store.close();
  }

  /** All coins on the disk, by outpoint. */
  async coins(): Promise<ReadonlyMap<string, Coin>> {
    await this.chain.durable();
    const coins = new Map<string, Coin>();
    for await (const { outPoint, coin } of this.store.coins()) coins.set(outPointKey(outPoint), coin);
    return coins;
  }

  status(hash: BlockHash): ChainEntry["status"] | "unknown" {
    return this.chain.tree.get(hash)?.status ?? "unknown";
  }
}

function assemble(
  { params, network, id, clock = network.time.clock() }: SimNodeOptions,
  found: { store: EngineChainStore; start: ChainStart; transport: SimTransport; refusals: Refusal[] },
): Node {
  const { store, start, transport, refusals } = found;
  const log = SILENT_LOG;
  const events = new EventLog(() => clock.nowMs());
  const mempool = new Mempool({ params, coins: store, verify: (check) => verifyInput(check, curve) });
  const wallets = new WalletHost({
    params,
    store,
    clock,
    random: systemRandom,
    folder: "/nowhere",
    secretFile: undefined,
    tipHeight: () => chain.tip.height,
  });
  const mempoolFollower = new MempoolFollower({ params, mempool, wallets, events, clock, ancestry: start.tree });
  const follower = new ChainFollower({ mempool: mempoolFollower, wallets, events, log });
  const refused = (refusal: Refusal): void => void refusals.push(refusal);
  const listener = {
    chainChanged: follower.chainChanged.bind(follower),
    sideBlock: follower.sideBlock.bind(follower),
    blockInvalid: (entry: ChainEntry, error: RuleError): void => {
      refused({ hash: entry.hash, error });
      follower.blockInvalid(entry, error);
    },
  };
  const chain = new WatchedChain({ params, store, curve, listener, storageFailed }, start, {
    arrived: () => {},
    refused: (hash, error) => refused({ hash, error }),
  });
  const node = new Node({
    name: id,
    params,
    chain,
    store,
    mempool,
    mempoolFollower,
    wallets,
    transport,
    events,
    clock,
    timers: network.time,
    log,
    userAgent: `/sim:${id}/`,
    sizeOnDiskBytes: () => 0,
  });
  follower.follow(chain, (resurrected) => node.tipChanged(resurrected));
  chain.resume();
  return node;
}
