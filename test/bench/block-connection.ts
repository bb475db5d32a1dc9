import { availableParallelism } from "node:os";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { buildTemplate } from "@forkyard/consensus/miner/block-template";
import { acceptBlock } from "@forkyard/consensus/rules/accept-block";
import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import { checkBlock } from "@forkyard/consensus/rules/check-block";
import { connectBlock } from "@forkyard/consensus/rules/connect-block";
import { installSha256 } from "@forkyard/consensus/sha256/install-sha256";
import { mine } from "@forkyard/consensus/testing/build-block";
import { keySpends, SPEND_FEE } from "@forkyard/consensus/testing/key-spends";
import { MemoryCoins } from "@forkyard/consensus/testing/memory-coins";
import { TestChain } from "@forkyard/consensus/testing/test-chain";
import { type Block, blockFromBytes, encodeBlock } from "@forkyard/core/block";
import type { RuleError } from "@forkyard/core/errors";
import type { Curve } from "@forkyard/core/ports/curve";
import { systemClock, systemTimers } from "@forkyard/node/adapters/system-clock";
import { systemRandom } from "@forkyard/node/adapters/system-random";
import { cachedScriptRunner } from "@forkyard/node/scripts/cached-script-runner";
import { ScriptPool } from "@forkyard/node/scripts/pool/script-pool";
import {
  firstScriptFailure,
  inlineScriptRunner,
  type ScriptRunner,
  type TransactionScripts,
} from "@forkyard/node/scripts/script-runner";
import { VerifiedTransactions } from "@forkyard/node/scripts/verified-transactions";
import { type BenchCase, measure, type Suite, threadCpuMs } from "./measure.ts";

const ROUNDS = 7;
const SPENDS = 2_000;
const BLOCKS_PER_SAMPLE = 4;

interface BenchBlock {
  readonly chain: TestChain;
  readonly coins: MemoryCoins;
  readonly bytes: Uint8Array;
}

/** A block of 2,000 P2WPKH spends, from its bytes to what it does to the coins, coins in memory. */
export const blockConnectionSuite: Suite = {
  name: "block-connection",
  about: "a block of 2,000 P2WPKH spends through all rules in memory: 1 thread, script threads, transactions known",
  async run(progress) {
    installSha256();
    const prepared = prepareBlock();
    progress(`made a block of ${prepared.bytes.length} bytes`);
    const curve = selectCurve();
    const workers = Math.max(1, availableParallelism() - 1);
    const pool = new ScriptPool({ curve, clock: systemClock, timers: systemTimers, workers, failed: fail });
    try {
      const cases = [...oneThreadCases(prepared, curve), ...runnerCases(prepared, curve, pool, workers)];
      return await measure(cases, ROUNDS, progress);
    } finally {
      await pool.close();
    }
  },
};

const NAME = `connect a block of ${SPENDS} P2WPKH spends`;
const UNIT = "tx/s";

function oneThreadCases(block: BenchBlock, curve: Curve): BenchCase[] {
  const perSecond = (withScripts: boolean) => (): number => {
    const ms = threadCpuMs(() => {
      for (let i = 0; i < BLOCKS_PER_SAMPLE; i++) {
        const scripts: TransactionScripts[] = [];
        connect(block, (transaction) => scripts.push(transaction));
        if (withScripts && firstScriptFailure(scripts, curve) !== undefined) throw new Error("a script failed");
      }
    });
    return ((SPENDS * BLOCKS_PER_SAMPLE) / ms) * 1000;
  };
  const clock = "thread-cpu";
  return [
    { name: `${NAME}, ${curve.name}, 1 thread`, unit: UNIT, clock, sample: perSecond(true) },
    { name: `${NAME}, scripts left out, 1 thread`, unit: UNIT, clock, sample: perSecond(false) },
  ];
}

/** What a node does: on other threads as well, and without those that its mempool has run. By the clock on the wall. */
function runnerCases(block: BenchBlock, curve: Curve, pool: ScriptRunner, workers: number): BenchCase[] {
  const verified = new VerifiedTransactions(systemRandom);
  const runners = [
    { how: "scripts inline", runner: inlineScriptRunner(curve) },
    { how: `scripts on ${workers} more ${workers === 1 ? "thread" : "threads"}`, runner: pool },
    { how: "all transactions known to pass", runner: cachedScriptRunner(verified, inlineScriptRunner(curve)) },
  ];
  return runners.map(({ how, runner }) => ({
    name: `${NAME}, ${curve.name}, ${how}`,
    unit: UNIT,
    clock: "wall",
    sample: async () => {
      const startedMs = performance.now();
      for (let i = 0; i < BLOCKS_PER_SAMPLE; i++) await connectWith(runner, block);
      return ((SPENDS * BLOCKS_PER_SAMPLE) / (performance.now() - startedMs)) * 1000;
    },
  }));
}

async function connectWith(runner: ScriptRunner, prepared: BenchBlock): Promise<void> {
  const block = blockFromBytes(prepared.bytes);
  const job = runner.open(block);
  connect(prepared, (scripts) => job.add(scripts), block);
  const failure = await new Promise<RuleError | undefined>((resolve) => job.finish(resolve));
  if (failure !== undefined) throw failure;
}

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

/** Everything that a node does with a block but scripts and writing it down; decoded anew, so that no hash is known. */
function connect(
  { chain, coins, bytes }: BenchBlock,
  handOver: (scripts: TransactionScripts) => void,
  block: Block = blockFromBytes(bytes),
): void {
  const { params, tree, tip } = chain;
  const checked = checkBlock(block, params);
  const entry = acceptHeader(block.header, block.hash, tip, tree, params, block.header.time);
  const accepted = acceptBlock(checked, entry, tip, tree, params);
  const { scripts, fees } = connectBlock(accepted, tip, coins, tree, params, handOver);
  if (scripts.length !== SPENDS || fees !== SPEND_FEE * BigInt(SPENDS)) throw new Error("not the whole block");
}

function fail(error: Error): void {
  throw error;
}
