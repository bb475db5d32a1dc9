import { encodeBlock } from "@forkyard/core/block";
import { toHex } from "@forkyard/core/bytes/bytes";
import type { Transaction } from "@forkyard/core/tx";
import { type BenchResult, type Suite, summary } from "./measure.ts";
import { BenchNode } from "./support/bench-node.ts";
import { SpendingChain, submitBlock } from "./support/spending-chain.ts";
import { withTemporaryFolder } from "./support/temporary-folder.ts";

const SPENDS = 2_000;
/** The first one warms the node up and does not count. */
const BLOCKS = 4;

interface MeasuredBlock {
  readonly hex: string;
  readonly txs: readonly Transaction[];
}

/** A node in a process of its own takes blocks and transactions over RPC: everything from JSON to the synced disk. */
export const nodeBlocksSuite: Suite = {
  name: "node-blocks",
  about: "submitblock of 2,000 P2WPKH spends to a real node, unknown and from its mempool; sendrawtransaction a second",
  run: (progress) => withTemporaryFolder((folder) => measureNode(folder, progress)),
};

async function measureNode(folder: string, progress: (line: string) => void): Promise<BenchResult[]> {
  const chain = new SpendingChain(2 * BLOCKS);
  const spends = Array.from({ length: 2 * BLOCKS }, () => chain.keySpends(SPENDS));
  const blocks = spends.map((txs): MeasuredBlock => ({ hex: toHex(encodeBlock(chain.block(txs))), txs }));
  progress(`made ${blocks.length} blocks of ${SPENDS} spends`);
  const filling = await BenchNode.start(folder, "taker");
  try {
    await chain.feed(filling);
  } finally {
    await filling.stop();
  }
  // Started anew: no coin of these blocks is in memory.
  const node = await BenchNode.start(folder, "taker");
  try {
    const unknown = await eachBlock(blocks.slice(0, BLOCKS), (block) =>
      milliseconds(() => submitBlock(node, block.hex)),
    );
    progress("blocks of unknown transactions");
    const perSecond: number[] = [];
    const known = await eachBlock(blocks.slice(BLOCKS), async (block) => {
      perSecond.push((SPENDS / (await milliseconds(() => sendAll(node, block.txs)))) * 1000);
      return milliseconds(() => submitBlock(node, block.hex));
    });
    const what = `submitblock, ${SPENDS} P2WPKH spends`;
    return [
      summary(`${what}, unknown to the node, coins on disk`, "ms", "wall", unknown),
      summary(`${what}, all in its mempool`, "ms", "wall", known),
      summary("sendrawtransaction, one after the other", "tx/s", "wall", perSecond.slice(1)),
    ];
  } finally {
    await node.stop();
  }
}

async function eachBlock(
  blocks: readonly MeasuredBlock[],
  measured: (block: MeasuredBlock) => Promise<number>,
): Promise<number[]> {
  const samples: number[] = [];
  for (const block of blocks) samples.push(await measured(block));
  return samples.slice(1);
}

async function sendAll(node: BenchNode, txs: readonly Transaction[]): Promise<void> {
  for (const tx of txs) await node.call("sendrawtransaction", toHex(tx.encode()));
}

async function milliseconds(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
