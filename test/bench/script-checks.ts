import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { MANDATORY_SCRIPT_FLAGS } from "@forkyard/consensus/rules/script/flags";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import type { Curve } from "@forkyard/core/ports/curve";
import { Transaction } from "@forkyard/core/tx";
import { type BenchCase, measure, type Suite, threadCpuMs } from "./measure.ts";
import { SPEND_KINDS, type SpendKind, scriptSpends } from "./support/script-spends.ts";

const ROUNDS = 7;
const SPENDS = 200;
/** The thread's clock ticks in milliseconds. */
const REPEATS = 5;

/** Inputs a second by kind of output: the whole script with its signature hash, under the rules of blocks. */
export const scriptChecksSuite: Suite = {
  name: "script-checks",
  about: "inputs a second by kind: P2PKH, P2WPKH, P2SH and P2WSH 2 of 3, taproot key path, tapscript; 1 thread",
  run(progress) {
    const curve = selectCurve();
    return measure(
      SPEND_KINDS.map((kind) => kindCase(kind, curve)),
      ROUNDS,
      progress,
    );
  },
};

function kindCase(kind: SpendKind, curve: Curve): BenchCase {
  const { spent, txs } = scriptSpends(kind, SPENDS);
  return {
    name: `run scripts, ${kind.name}, ${curve.name}, 1 thread`,
    unit: "inputs/s",
    clock: "thread-cpu",
    sample: () => {
      let ms = 0;
      for (let i = 0; i < REPEATS; i++) {
        // Decoded anew: a transaction remembers parts of its signature hashes.
        const fresh = txs.map((bytes) => Transaction.fromBytes(bytes));
        ms += threadCpuMs(() => {
          for (const tx of fresh)
            verifyInput({ tx, inputIndex: 0, spent: [spent], flags: MANDATORY_SCRIPT_FLAGS }, curve);
        });
      }
      return ((SPENDS * REPEATS) / ms) * 1000;
    },
  };
}
