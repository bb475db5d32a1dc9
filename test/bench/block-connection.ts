import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { buildTemplate } from "@forkyard/consensus/miner/block-template";
import { acceptBlock } from "@forkyard/consensus/rules/accept-block";
import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import { checkBlock } from "@forkyard/consensus/rules/check-block";
import { connectBlock } from "@forkyard/consensus/rules/connect-block";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import { mine } from "@forkyard/consensus/testing/build-block";
import { keySpends, SPEND_FEE } from "@forkyard/consensus/testing/key-spends";
import { MemoryCoins } from "@forkyard/consensus/testing/memory-coins";
import { TestChain } from "@forkyard/consensus/testing/test-chain";
import { blockFromBytes, encodeBlock } from "@forkyard/core/block";
import type { Curve } from "@forkyard/core/ports/curve";
import { measure, type Suite, threadCpuMs } from "./measure.ts";

const ROUNDS = 7;
const SPENDS = 2_000;
const BLOCKS_PER_SAMPLE = 4;

interface BenchBlock {
  readonly chain: TestChain;
  readonly coins: MemoryCoins;
  readonly bytes: Uint8Array;
}

/** A block of 2,000 P2WPKH spends, from its bytes to what it does to the coins, coins in memory, on one thread. */
export const blockConnectionSuite: Suite = {
  name: "block-connection",
  async run(progress) {
    const prepared = prepareBlock();
    progress(`made a block of ${prepared.bytes.length} bytes`);
    const curve = selectCurve();
    const name = `connect a block of ${SPENDS} P2WPKH spends`;
    const clock = "thread-cpu";
    const perSecond = (check: (block: BenchBlock) => void) => (): number => {
      const ms = threadCpuMs(() => {
        for (let i = 0; i < BLOCKS_PER_SAMPLE; i++) check(prepared);
      });
      return ((SPENDS * BLOCKS_PER_SAMPLE) / ms) * 1000;
    };
    return measure(
      [
        { name: `${name}, ${curve.name}, 1 thread`, unit: "tx/s", clock, sample: perSecond((b) => connect(b, curve)) },
        { name: `${name}, scripts left out, 1 thread`, unit: "tx/s", clock, sample: perSecond((b) => connect(b)) },
      ],
      ROUNDS,
      progress,
    );
  },
};

function prepareBlock(): BenchBlock {
  const chain = new TestChain();
  const coins = new MemoryCoins();
  const spends = keySpends(SPENDS);
  for (const { coin } of spends) coins.put(coin.outPoint, coin.coin);
  const { block } = buildTemplate({
    parent: chain.tip,
    txs: spends.map(({ tx }) => ({ tx, fee: SPEND_FEE, sigopCost: 1 })),
    payTo: Uint8Array.of(0x51),
    tag: "/Forkyard:bench/",
    extraNonce: 0,
    time: chain.tip.header.time + 600,
    ancestry: chain.tree,
    params: chain.params,
  });
  if (block.txs.length !== SPENDS + 1) throw new Error(`only ${block.txs.length - 1} transactions fit into the block`);
  return { chain, coins, bytes: encodeBlock(mine(block.header, block.txs)) };
}

/** Everything that a node does with a block but writing it down; decodes anew, so that no hash is known already. */
function connect({ chain, coins, bytes }: BenchBlock, curve?: Curve): void {
  const { params, tree, tip } = chain;
  const block = blockFromBytes(bytes);
  const checked = checkBlock(block, params);
  const entry = acceptHeader(block.header, block.hash, tip, tree, params, block.header.time);
  const accepted = acceptBlock(checked, entry, tip, tree, params);
  const { scriptChecks, fees } = connectBlock(accepted, tip, coins, tree, params);
  if (scriptChecks.length !== SPENDS || fees !== SPEND_FEE * BigInt(SPENDS)) throw new Error("not the whole block");
  if (curve !== undefined) for (const check of scriptChecks) verifyInput(check, curve);
}
