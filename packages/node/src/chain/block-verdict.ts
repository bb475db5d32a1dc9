import type { ChainEntry } from "@forkyard/core/chain";
import { assert, RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";

/** What became of a block that broke no rule. */
export type BlockOutcome =
  | { readonly kind: "connected"; readonly entry: ChainEntry }
  | { readonly kind: "side"; readonly entry: ChainEntry }
  | { readonly kind: "duplicate"; readonly entry: ChainEntry }
  | { readonly kind: "unknown-parent"; readonly parent: BlockHash };

/** What became of any block. */
export type BlockVerdict = BlockOutcome | { readonly kind: "refused"; readonly error: RuleError };

export function refused(error: RuleError): BlockVerdict {
  return { kind: "refused", error };
}

/** The outcome alone. @throws RuleError when the block was refused */
export function outcomeOf(verdict: BlockVerdict): BlockOutcome {
  if (verdict.kind === "refused") throw verdict.error;
  return verdict;
}

/** The same where scripts run on the calling thread: the answer is there when `take` returns. @throws RuleError */
export function outcomeAtOnce(take: (answer: (verdict: BlockVerdict) => void) => void): BlockOutcome {
  const verdicts: BlockVerdict[] = [];
  take((verdict) => void verdicts.push(verdict));
  const [verdict] = verdicts;
  assert(verdict !== undefined, "scripts run elsewhere: blocks are answered later");
  return outcomeOf(verdict);
}

/** What the action gives, or the rule that it found broken. */
export function attempt<Result>(action: () => Result): Result | RuleError {
  try {
    return action();
  } catch (error) {
    if (error instanceof RuleError) return error;
    throw error;
  }
}
