import { type BenchResult, type Suite, summary } from "./measure.ts";
import { BenchNode, forgetNode } from "./support/bench-node.ts";
import { withTemporaryFolder } from "./support/temporary-folder.ts";

const BLOCKS = 2_000;
const ROUNDS = 3;
const SYNC_LIMIT_MS = 60_000;
/** Anybody may spend the rewards: no wallet is part of the measurement. P2WSH of OP_TRUE. */
const REWARD_ADDRESS = "bcrt1qft5p2uhsdcdc3l2ua4ap5qqfg4pjaqlp250x7us7a8qqhrxrxfsqseac85";

/** A fresh node and one that has the chain, each in a process of its own, over libp2p on loopback. */
export const initialSyncSuite: Suite = {
  name: "initial-sync",
  about: "a fresh node takes 2,000 blocks from a peer on loopback; memory of an idle node, and of one after that",
  run: (progress) => withTemporaryFolder((folder) => measureSync(folder, progress)),
};

async function measureSync(folder: string, progress: (line: string) => void): Promise<BenchResult[]> {
  const idle: number[] = [];
  const synced: number[] = [];
  const blocksPerSecond: number[] = [];
  const source = await BenchNode.start(folder, "source");
  try {
    await source.call("generatetoaddress", BLOCKS, REWARD_ADDRESS);
    progress(`mined ${BLOCKS} blocks`);
    for (let round = 0; round < ROUNDS; round++) {
      const alone = await BenchNode.start(folder, "idle");
      idle.push(alone.memoryMb() ?? Number.NaN);
      await alone.stop();
      blocksPerSecond.push(await syncOnce(folder, source, synced));
      forgetNode(folder, "idle");
      progress(`round ${round + 1} of ${ROUNDS}`);
    }
  } finally {
    await source.stop();
  }
  const memory = [
    summary("memory of an idle node", "MB", "none", idle),
    summary(`memory of a node after a sync of ${BLOCKS} blocks`, "MB", "none", synced),
  ];
  return [
    summary(`initial sync of ${BLOCKS} blocks from a peer on loopback`, "blocks/s", "wall", blocksPerSecond),
    // Systems that do not tell it are left out.
    ...memory.filter(({ value }) => !Number.isNaN(value)),
  ];
}

/** From the ready line of the fresh node to its having the tip; that it has to find its peer is part of it. */
async function syncOnce(folder: string, source: BenchNode, memoryMb: number[]): Promise<number> {
  forgetNode(folder, "fresh");
  const fresh = await BenchNode.start(folder, "fresh", { staticPeers: source.ready.addresses });
  try {
    const startedMs = performance.now();
    const { height } = await fresh.call<{ height: number }>("waitforblockheight", BLOCKS, SYNC_LIMIT_MS);
    const elapsedMs = performance.now() - startedMs;
    if (height !== BLOCKS) throw new Error(`the node is at height ${height} after ${SYNC_LIMIT_MS} ms`);
    memoryMb.push(fresh.memoryMb() ?? Number.NaN);
    return (BLOCKS / elapsedMs) * 1000;
  } finally {
    await fresh.stop();
  }
}
