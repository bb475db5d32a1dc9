import { CURVE_CANDIDATES } from "@forkyard/consensus/curve/select-curve";
import { type KeySpend, keySpends } from "@forkyard/consensus/testing/key-spends";
import type { Curve } from "@forkyard/core/ports/curve";
import { type BenchCase, measure, type Suite, threadCpuMs } from "./measure.ts";

const ROUNDS = 7;
const SIGNATURES = 256;
/** The slowest takes half a second for this many; the others repeat, as the thread's clock ticks in milliseconds. */
const REPEATS: ReadonlyMap<string, number> = new Map([
  ["native", 32],
  ["wasm", 8],
]);

/** ECDSA checks a second of each engine that works here. */
export const signaturesSuite: Suite = {
  name: "signatures",
  about: "ECDSA checks a second of each signature engine, 1 thread",
  async run(progress) {
    const spends = keySpends(SIGNATURES);
    const cases: BenchCase[] = [];
    for (const { name, load } of CURVE_CANDIDATES) {
      try {
        cases.push(curveCase(load(), spends));
      } catch (error) {
        progress(`${name} does not work here: ${String(error)}`);
      }
    }
    return measure(cases, ROUNDS, progress);
  },
};

function curveCase(curve: Curve, spends: readonly KeySpend[]): BenchCase {
  const repeats = REPEATS.get(curve.name) ?? 1;
  const checkAll = (): boolean =>
    spends.every(({ signature, digest, publicKey }) => curve.verifyEcdsa(signature, digest, publicKey));
  if (!checkAll()) throw new Error(`${curve.name} refuses good signatures`);
  return {
    name: `check ECDSA signatures, ${curve.name}, 1 thread`,
    unit: "checks/s",
    clock: "thread-cpu",
    sample: () => {
      const ms = threadCpuMs(() => {
        for (let i = 0; i < repeats; i++) checkAll();
      });
      return ((spends.length * repeats) / ms) * 1000;
    },
  };
}
