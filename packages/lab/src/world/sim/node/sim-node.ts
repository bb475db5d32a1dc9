import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { Curve } from "@forkyard/core/ports/curve";
import type { Log } from "@forkyard/core/ports/log";
import type { Random } from "@forkyard/core/ports/random";
import { Mempool } from "@forkyard/mempool/mempool";
import type { BlockReader } from "@forkyard/node/chain/block-reader";
import type { ChainStart } from "@forkyard/node/chain/chain";
import { ChainFollower } from "@forkyard/node/chain/chain-follower";
import type { Judgement } from "@forkyard/node/laboratory/judgement";
import { WatchedChain } from "@forkyard/node/laboratory/watched-chain";
import { MempoolFollower } from "@forkyard/node/mempool/mempool-follower";
import { Node } from "@forkyard/node/node";
import { WalletHost } from "@forkyard/node/wallets/wallet-host";
import { EventLog } from "@forkyard/rpc/schema/event-log";
import type { NodeName } from "../../world.ts";
import type { SimTransport } from "../network/sim-transport.ts";
import type { SharedScripts } from "../store/shared-scripts.ts";
import { type NodeNews, NodeTeller } from "./node-news.ts";

const SILENT_LOG: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
/** Nobody reads a simulated node's events but the world, which hears each at once. */
const KEPT_EVENTS = 1;

export interface SimNodeParts {
  readonly name: NodeName;
  readonly params: NetworkParams;
  readonly store: ChainStore;
  readonly start: ChainStart;
  readonly curve: Curve;
  readonly reader: BlockReader;
  readonly scripts: SharedScripts;
  readonly judgement: Judgement;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly transport: SimTransport;
  readonly statusPollMs: number;
  readonly tell: (news: NodeNews) => void;
  readonly storageFailed: (error: unknown) => void;
}

/** A whole node, the class that runs for real, between the ports of a simulated world. */
export function assembleNode(parts: SimNodeParts): Node {
  const { name, params, store, start, curve, clock, timers, random, transport, storageFailed } = parts;
  const events = new EventLog(() => clock.nowMs(), KEPT_EVENTS);
  const mempool = new Mempool({ params, coins: store, verify: parts.scripts.verify });
  const wallets = new WalletHost({
    params,
    store,
    clock,
    random,
    folder: "",
    secretFile: undefined,
    tipHeight: () => chain.tip.height,
  });
  const mempoolFollower = new MempoolFollower({ params, mempool, wallets, events, clock, ancestry: start.tree });
  const follower = new ChainFollower({ mempool: mempoolFollower, wallets, events, log: SILENT_LOG });
  const listener = new NodeTeller(follower, parts.tell);
  const { judgement } = parts;
  const chain = new WatchedChain(
    {
      params,
      store,
      curve,
      reader: parts.reader,
      scripts: parts.scripts.runner,
      listener,
      storageFailed,
      extraRule: (block) => judgement.checkBlock(block),
      permits: (plan) => judgement.permits(plan),
    },
    start,
    {
      arrived: (hash) => judgement.arrived(hash),
      refused: (hash, error) => listener.refused(hash, error),
    },
  );
  events.subscribe((event) => listener.nodeEvent(event));
  const node = new Node({
    name,
    params,
    chain,
    store,
    mempool,
    mempoolFollower,
    wallets,
    transport,
    events,
    clock,
    timers,
    log: SILENT_LOG,
    userAgent: `/sim:${name}/`,
    sizeOnDiskBytes: () => 0,
    statusPollMs: parts.statusPollMs,
  });
  follower.follow(chain, (resurrected) => node.tipChanged(resurrected));
  return node;
}
