import { setTimeout as pause } from "node:timers/promises";
import type { StatusResult } from "@forkyard/rpc/schema/results";
import { STATUS_SETTLE_INTERVAL_MS, STATUS_SETTLE_LIMIT_MS } from "../limits.ts";
import type { Groups } from "../partition/groups.ts";
import type { RemoteNode } from "../remote/remote-node.ts";
import type { RunningDevnet } from "../remote/running-devnet.ts";
import { agreement } from "./agreement.ts";

/** One line of `status`; height, tip, peers and mempool are null for a node that does not answer. */
export interface NodeLine {
  readonly name: string;
  readonly pid: number | null;
  readonly peerId: string | null;
  /** URL of its RPC. */
  readonly rpc: string;
  readonly cookieFile: string;
  /** Multiaddr that other nodes can connect to. */
  readonly p2p: string;
  readonly running: boolean;
  readonly height: number | null;
  readonly tip: string | null;
  readonly peers: number | null;
  readonly mempool: number | null;
  /** 0 to 1. */
  readonly hashShare: number;
  /** Measured hashes a second. */
  readonly hashRate: number | null;
  /** Engines that it checks signatures and mines with. */
  readonly curve: string | null;
  readonly grinder: string | null;
  readonly wallets: readonly string[];
  /** Number of coins in its set of coins and what they add up to, in satoshis. */
  readonly coins: { readonly count: number; readonly total: number } | null;
}

/** What `status` and `up` answer. */
export interface DevnetStatus {
  readonly network: string;
  readonly directory: string;
  /** Every node of the devnet runs and shows the same tip. */
  readonly agreed: boolean;
  readonly height: number;
  readonly tip: string;
  readonly nodes: readonly NodeLine[];
  /** Groups that are cut off from one another; null when the net is whole. */
  readonly partition: Groups | null;
}

/** Asks every node. When they differ, asks again for a moment: a block may be on its way. */
export async function devnetStatus(devnet: RunningDevnet): Promise<DevnetStatus> {
  const deadline = performance.now() + STATUS_SETTLE_LIMIT_MS;
  for (;;) {
    const status = await snapshot(devnet);
    const settled = status.agreed || status.partition !== null || status.nodes.some((node) => !node.running);
    if (settled || performance.now() >= deadline) return status;
    await pause(STATUS_SETTLE_INTERVAL_MS);
  }
}

async function snapshot(devnet: RunningDevnet): Promise<DevnetStatus> {
  const answers = await Promise.all(devnet.nodes.map(askNode));
  const known = answers.filter((answer) => answer !== undefined);
  const { agreed, height, tip } = agreement(known);
  return {
    network: devnet.state.network,
    directory: devnet.folder.path,
    agreed: agreed && known.length === devnet.nodes.length,
    height,
    tip,
    nodes: devnet.nodes.map((node, place) => nodeLine(node, answers[place])),
    partition: devnet.partition() ?? null,
  };
}

/** A node that cannot be asked is not running, for whatever reason: that is the answer. */
async function askNode(node: RemoteNode): Promise<StatusResult | undefined> {
  try {
    return await node.status();
  } catch {
    return undefined;
  }
}

function nodeLine({ state }: RemoteNode, answer: StatusResult | undefined): NodeLine {
  return {
    name: state.name,
    pid: state.process?.pid ?? null,
    peerId: answer?.peerId ?? state.peerId ?? null,
    rpc: state.rpc,
    cookieFile: state.cookieFile,
    p2p: `/ip4/127.0.0.1/tcp/${state.p2pPort}`,
    running: answer !== undefined,
    height: answer?.height ?? null,
    tip: answer?.tip ?? null,
    peers: answer?.peers ?? null,
    mempool: answer?.mempool ?? null,
    hashShare: state.hashShare,
    hashRate: answer?.mining.hashRate ?? null,
    curve: answer?.curve ?? null,
    grinder: answer?.grinder ?? null,
    wallets: state.wallets,
    coins: answer?.coins ?? null,
  };
}
