import { AGREEMENT_LIMIT_MS, TIE_LIMIT_MS, TIE_PATIENCE_MS } from "../limits.ts";
import { NetWatch } from "../observe/net-watch.ts";
import { sameTip } from "../observe/same-tip.ts";
import type { RunningDevnet } from "../remote/running-devnet.ts";
import { blockedFor, type Groups, parseGroups } from "./groups.ts";
import { clearPartition, writePartition } from "./partition-file.ts";

/** What `heal` answers. */
export interface HealResult {
  /** All nodes showed one tip within the time limit. */
  readonly agreed: boolean;
  /** The sides had the same work, so that the next block had to decide. */
  readonly tie: boolean;
  readonly tip: string;
  readonly height: number;
  readonly milliseconds: number;
}

/**
 * Cuts every link between nodes of different groups, on both sides, until {@link heal}. Replaces an earlier partition.
 * @param words the groups as a person writes them: "node1,node2 / node3"
 */
export async function partition(devnet: RunningDevnet, words: readonly string[]): Promise<Groups> {
  const groups = parseGroups(words, devnet.nodeNames);
  writePartition(devnet.folder, groups);
  await Promise.all(
    devnet.running().map((node) => node.setBlockedPeers(peersOf(devnet, blockedFor(node.name, groups)))),
  );
  await redial(devnet, groups);
  return groups;
}

/**
 * Restores all links and waits until the nodes agree on a tip.
 * @param say told what is going on, for a person who waits
 */
export async function heal(devnet: RunningDevnet, say: (line: string) => void): Promise<HealResult> {
  const started = performance.now();
  const watch = new NetWatch(devnet.running());
  try {
    await watch.open();
    clearPartition(devnet.folder);
    await Promise.all(devnet.running().map((node) => node.setBlockedPeers([])));
    await redial(devnet, [devnet.nodeNames]);
    const { agreed, tie } = await agreement(devnet, watch, say);
    const milliseconds = Math.round(performance.now() - started);
    const { tip, height } = await (devnet.running()[0] ?? devnet.runningNode("1")).status();
    return { agreed, tie, tip, height, milliseconds };
  } finally {
    await watch.close();
  }
}

/** Sides with the same work keep to what they saw first, until one of them finds a block: that is waited for longer. */
async function agreement(
  devnet: RunningDevnet,
  watch: NetWatch,
  say: (line: string) => void,
): Promise<Pick<HealResult, "agreed" | "tie">> {
  const agree = (): boolean => sameTip(watch.tips);
  if (await watch.within(agree, TIE_PATIENCE_MS)) return { agreed: true, tie: false };
  const nodes = await Promise.all(devnet.running().map((node) => node.status()));
  const tips = new Set(nodes.map(({ tip }) => tip));
  const tie = tips.size > 1 && new Set(nodes.map(({ chainWork }) => chainWork)).size === 1;
  if (!tie) return { agreed: await watch.within(agree, AGREEMENT_LIMIT_MS - TIE_PATIENCE_MS), tie };
  if (!nodes.some(({ mining }) => mining.targetHashRate !== 0)) return { agreed: agree(), tie };
  say("the sides have the same work: the next block decides");
  return { agreed: await watch.within(agree, TIE_LIMIT_MS), tie };
}

/** Cuts a node off again that was started while a partition is in force. */
export async function restoreCut(devnet: RunningDevnet, name: string): Promise<void> {
  const groups = devnet.partition();
  if (groups === undefined) return;
  await devnet.runningNode(name).setBlockedPeers(peersOf(devnet, blockedFor(name, groups)));
}

/** Dials every planned link within the groups now, rather than when the nodes next try by themselves. */
async function redial(devnet: RunningDevnet, groups: Groups): Promise<void> {
  const dials = devnet.running().flatMap((node) => {
    const group = groups.find((members) => members.includes(node.name)) ?? [];
    return (
      node.state.neighbours
        // One of the two is enough.
        .filter((neighbour) => neighbour < node.name && group.includes(neighbour))
        .map((neighbour) => node.dial(addressOf(devnet, neighbour)))
    );
  });
  await Promise.all(dials);
}

function addressOf(devnet: RunningDevnet, name: string): string {
  const state = devnet.nodes.find((node) => node.name === name)?.state;
  const peer = state?.peerId === undefined ? "" : `/p2p/${state.peerId}`;
  return `/ip4/127.0.0.1/tcp/${state?.p2pPort ?? 0}${peer}`;
}

function peersOf(devnet: RunningDevnet, names: readonly string[]): readonly string[] {
  return devnet.nodes.filter((node) => names.includes(node.name)).flatMap((node) => node.state.peerId ?? []);
}
