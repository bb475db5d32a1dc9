import { inputOf } from "@forkyard/consensus/testing/build-block";
import { vainCheckScript, vainCheckSpend } from "@forkyard/consensus/testing/quadratic-spend";
import { encodeBlock } from "@forkyard/core/block";
import { toHex } from "@forkyard/core/bytes/bytes";
import type { OutPoint } from "@forkyard/core/tx";
import { type BenchResult, type Suite, summary } from "./measure.ts";
import { BenchNode } from "./support/bench-node.ts";
import { SpendingChain, submitBlock } from "./support/spending-chain.ts";
import { withTemporaryFolder } from "./support/temporary-folder.ts";

const INPUTS = 20_000;
/** So many outputs fit into a block. */
const COINS_PER_BLOCK = 10_000;
const COIN_SATOSHIS = 10_000n;
const ASK_EVERY_MS = 20;

/** Every input's signature hash covers the whole transaction: the most that a block can make a node hash. */
export const worstCaseSuite: Suite = {
  name: "worst-case",
  about: "submitblock of one legacy transaction with 20,000 inputs to a real node, and how fast it answers meanwhile",
  run: (progress) => withTemporaryFolder((folder) => measureWorstCase(folder, progress)),
};

async function measureWorstCase(folder: string, progress: (line: string) => void): Promise<BenchResult[]> {
  const blocks = INPUTS / COINS_PER_BLOCK;
  const chain = new SpendingChain(blocks);
  const coin = { value: COIN_SATOSHIS, scriptPubKey: vainCheckScript() };
  const outPoints: OutPoint[] = [];
  for (let i = 0; i < blocks; i++) {
    const txid = chain.coins(Array.from({ length: COINS_PER_BLOCK }, () => coin));
    for (let vout = 0; vout < COINS_PER_BLOCK; vout++) outPoints.push(inputOf(txid, vout).prevout);
  }
  const hex = toHex(encodeBlock(chain.block([vainCheckSpend(INPUTS, outPoints).tx])));
  progress(`made a block of ${hex.length / 2} bytes`);
  const node = await BenchNode.start(folder, "taker");
  try {
    await chain.feed(node);
    const startedMs = performance.now();
    const submitting = submitBlock(node, hex).then(() => performance.now() - startedMs);
    const answersMs = await answersDuring(node, submitting);
    return [
      summary(`submitblock, 1 transaction of ${INPUTS} legacy inputs`, "ms", "wall", [await submitting]),
      summary("slowest answer to getblockcount meanwhile", "ms", "wall", [Math.max(...answersMs)]),
    ];
  } finally {
    await node.stop();
  }
}

/** Asks again and again until `work` is done. @returns how long each answer took */
async function answersDuring(node: BenchNode, work: Promise<unknown>): Promise<number[]> {
  const answersMs: number[] = [];
  const state = { working: true };
  const ended = (): void => {
    state.working = false;
  };
  // A failure is for whoever waits for the work itself.
  void work.then(ended, ended);
  while (state.working) {
    const askedMs = performance.now();
    await node.call("getblockcount");
    answersMs.push(performance.now() - askedMs);
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  return answersMs;
}
