import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { setFlagsFromString } from "node:v8";
import type { Grinder } from "@forkyard/consensus/miner/grinder";
import { javascriptGrinder } from "@forkyard/consensus/miner/javascript-grinder";
import { simd128Kernel, simd256Kernel, TURBO_V8_FLAG } from "@forkyard/consensus/miner/kernel/kernels";
import { MiningPool } from "@forkyard/consensus/miner/mining-pool";
import { selfTest } from "@forkyard/consensus/miner/self-test";
import { WasmGrinder } from "@forkyard/consensus/miner/wasm-grinder";
import { hash256 } from "@forkyard/core/hash";
import { HEADER_BYTES } from "@forkyard/core/limits";
import { type BenchCase, type BenchResult, measure, median, type Suite, summary, threadCpuMs } from "./measure.ts";

const ROUNDS = 7;
const UNIT = "hashes/s";
/** No hash is this low: every nonce is tried. */
const IMPOSSIBLE = 0n;
const header = new Uint8Array(HEADER_BYTES).fill(1);

/** Double SHA-256 of headers: the libraries one by one, each grinder on one thread, pools of workers. */
export const hashRateSuite: Suite = {
  name: "hash-rate",
  about: "double SHA-256 of headers: the libraries, each grinder on one thread, pools of workers",
  async run(progress) {
    // After the flag is set, modules that were compiled before keep the code they have.
    const plain = [javascriptGrinder, new WasmGrinder(simd128Kernel)];
    const singles = await measure(
      [...libraryCases(), ...plain.map((grinder) => grinderCase(grinder))],
      ROUNDS,
      progress,
    );
    const pools = await poolResults(progress);
    setFlagsFromString(TURBO_V8_FLAG);
    const turbo = await measure([grinderCase(new WasmGrinder(simd256Kernel), "turbo")], ROUNDS, progress);
    return [...singles, ...turbo, ...pools];
  },
};

function libraryCases(): BenchCase[] {
  const hashes = 50_000;
  const tried = header.slice();
  const nonceField = new DataView(tried.buffer, HEADER_BYTES - 4);
  const libraries = [
    { name: "node:crypto", hash: (bytes: Uint8Array) => opensslSha256(opensslSha256(bytes)) },
    { name: "@noble/hashes", hash: hash256 },
  ];
  return libraries.map(({ name, hash }) => ({
    name: `hash headers, ${name}, 1 thread`,
    unit: UNIT,
    clock: "thread-cpu",
    sample: () => {
      const ms = threadCpuMs(() => {
        for (let nonce = 0; nonce < hashes; nonce++) {
          nonceField.setUint32(0, nonce, true);
          hash(tried);
        }
      });
      return (hashes / ms) * 1000;
    },
  }));
}

function opensslSha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

function grinderCase(grinder: Grinder, note?: string): BenchCase {
  selfTest(grinder);
  const hashes = grinder === javascriptGrinder ? 200_000 : 2_000_000;
  return {
    name: `grind ${grinder.name}${note === undefined ? "" : ` (${note})`}, 1 thread`,
    unit: UNIT,
    clock: "thread-cpu",
    sample: () => {
      const batch = hashes / 40;
      const ms = threadCpuMs(() => {
        for (let done = 0; done < hashes; done += batch) grinder.grind(header, IMPOSSIBLE, done, batch);
      });
      return (hashes / ms) * 1000;
    },
  };
}

/** Pools of one worker, two, … as many as there are cores, and how the last compares with the first. */
async function poolResults(progress: (line: string) => void): Promise<BenchResult[]> {
  const sizes = [...new Set([1, 2, availableParallelism()])].filter((size) => size <= availableParallelism());
  const pools = await Promise.all(sizes.map((workers) => MiningPool.start({ workers, failed: fail })));
  const cases = pools.map((pool, i) => poolCase(pool, sizes[i] ?? 1));
  const results = await measure(cases, ROUNDS, progress);
  await Promise.all(pools.map((pool) => pool.close()));
  const [one, ...more] = results;
  const ratios = more.map((many, i) => {
    const samples = many.samples.map((sample, round) => sample / (one?.samples[round] ?? Number.NaN));
    return summary(`mining pool, ${sizes[i + 1]} workers against 1`, "times", "wall", samples);
  });
  progress(ratios.map((ratio) => `${ratio.name}: ${median(ratio.samples)}`).join("; "));
  return [...results, ...ratios];
}

function poolCase(pool: MiningPool, workers: number): BenchCase {
  const maxNonces = 8_000_000 * workers;
  return {
    name: `mining pool, ${pool.choice.grinder}, ${workers} ${workers === 1 ? "worker" : "workers"}`,
    unit: UNIT,
    clock: "wall",
    sample: async () => {
      const startedMs = performance.now();
      await new Promise((resolve) => pool.mine({ header, target: IMPOSSIBLE, maxNonces }, resolve));
      return (maxNonces / (performance.now() - startedMs)) * 1000;
    },
  };
}

function fail(error: Error): void {
  throw error;
}
