import type { ChainEntry } from "@forkyard/core/chain";
import { RuleError } from "@forkyard/core/errors";
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

/** What the action gives, or the rule that it found broken. */
export function attempt<Result>(action: () => Result): Result | RuleError {
  try {
    return action();
  } catch (error) {
    if (error instanceof RuleError) return error;
    throw error;
  }
}
