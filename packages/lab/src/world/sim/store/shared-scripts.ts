import type { ScriptCheck } from "@forkyard/consensus/rules/script/script-check";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import type { Curve } from "@forkyard/core/ports/curve";
import type { Random } from "@forkyard/core/ports/random";
import { cachedScriptRunner } from "@forkyard/node/scripts/cached-script-runner";
import { inlineScriptRunner, type ScriptRunner } from "@forkyard/node/scripts/script-runner";
import { VerifiedTransactions } from "@forkyard/node/scripts/verified-transactions";

/** Inputs that are remembered as valid; the oldest go first. */
const MAX_VERIFIED_INPUTS = 200_000;

/**
 * The scripts of all nodes of a world: run for real, by the first node that needs them. A wtxid commits to the
 * transaction and, through its outpoints, to what it spends: the answer is the same on every node.
 */
export interface SharedScripts {
  /** For mempools. @throws RuleError */
  readonly verify: (check: ScriptCheck) => void;
  /** For chains. */
  readonly runner: ScriptRunner;
}

export function sharedScripts(curve: Curve, random: Random): SharedScripts {
  const verified = new Set<string>();
  return {
    verify(check) {
      const key = `${check.tx.wtxid} ${check.inputIndex} ${check.flags}`;
      if (verified.has(key)) return;
      verifyInput(check, curve);
      verified.add(key);
      const [oldest] = verified;
      if (verified.size > MAX_VERIFIED_INPUTS && oldest !== undefined) verified.delete(oldest);
    },
    runner: cachedScriptRunner(new VerifiedTransactions(random), inlineScriptRunner(curve)),
  };
}
