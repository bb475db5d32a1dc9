import { flagsForBlock, type ScriptFlags } from "@forkyard/consensus/rules/script/flags";
import type { ScriptCheck } from "@forkyard/consensus/rules/script/script-check";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import type { ChainEntry } from "@forkyard/core/chain";
import { type BlockHash, ZERO_HASH } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Curve } from "@forkyard/core/ports/curve";
import type { Transaction } from "@forkyard/core/tx";
import { RememberingCurve } from "./remembering-curve.ts";
import type { VerifiedTransactions } from "./verified-transactions.ts";

/**
 * Runs scripts for the mempool, and once all inputs of a transaction passed its rules, runs them again under the flags
 * of the next block and remembers the result for that block (Bitcoin Core `CheckInputsFromMempoolAndCache`). That the
 * rules of relay are stricter is not relied upon. Signatures are checked once: the second run asks the same questions.
 */
export class MempoolScripts {
  readonly #curve: RememberingCurve;
  readonly #verified: VerifiedTransactions;
  readonly #nextBlockFlags: () => ScriptFlags;
  #tx: Transaction | undefined;
  #flags: ScriptFlags | undefined;
  #inputsPassed = 0;

  constructor(curve: Curve, verified: VerifiedTransactions, nextBlockFlags: () => ScriptFlags) {
    this.#curve = new RememberingCurve(curve);
    this.#verified = verified;
    this.#nextBlockFlags = nextBlockFlags;
  }

  /** One input; the mempool asks for all of a transaction in order. @throws RuleError */
  verify(check: ScriptCheck): void {
    const { tx, flags, inputIndex } = check;
    if (inputIndex === 0) this.#begin(tx, flags);
    verifyInput(check, this.#curve);
    const inOrder = tx === this.#tx && flags === this.#flags && inputIndex === this.#inputsPassed;
    if (!inOrder) return;
    this.#inputsPassed += 1;
    if (this.#inputsPassed === tx.inputs.length) this.#verifyForBlock(check);
  }

  #begin(tx: Transaction | undefined, flags?: ScriptFlags): void {
    this.#curve.forget();
    this.#tx = tx;
    this.#flags = flags;
    this.#inputsPassed = 0;
  }

  /** @throws RuleError when a block could not hold what relay would let pass: it is then not let pass either */
  #verifyForBlock({ tx, spent }: ScriptCheck): void {
    const flags = this.#nextBlockFlags();
    try {
      for (let inputIndex = 0; inputIndex < tx.inputs.length; inputIndex++) {
        verifyInput({ tx, inputIndex, spent, flags }, this.#curve);
      }
      this.#verified.add(tx.wtxid, flags);
    } finally {
      this.#begin(undefined);
    }
  }
}

/** Script rules for a block on the tip. Exceptions are made for blocks that exist. */
export function flagsForNextBlock(tip: ChainEntry, params: NetworkParams): ScriptFlags {
  return flagsForBlock(ZERO_HASH as BlockHash, tip.height + 1, params);
}
