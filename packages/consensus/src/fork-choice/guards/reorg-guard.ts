import type { BlockHash } from "@forkyard/core/hash";
import type { ReorgPlan } from "../reorg-plan.ts";

/** A block that is final for a node: named in a release (checkpoint) or signed by a federation. */
export interface LockedBlock {
  readonly height: number;
  readonly hash: BlockHash;
}

/** What a node knows besides the two branches. Subjective: another node, or this one after a restart, knows otherwise. */
export interface GuardContext {
  readonly nowMs: number;
  /** When this node first saw a block, on the same clock as `nowMs`; undefined when it does not know. */
  readonly firstSeenMs: (hash: BlockHash) => number | undefined;
  readonly locked: readonly LockedBlock[];
}

export type GuardVerdict = { readonly permitted: true } | { readonly permitted: false; readonly reason: string };

/**
 * A second opinion on a reorganisation to a branch that has more work and breaks no rule. Pure: it is asked again
 * whenever the branch has grown, so a refusal is for now. Every guard trades agreement for safety: nodes that saw
 * blocks at other times may decide otherwise and stay apart.
 */
export interface ReorgGuard {
  /** Short name, told with a refusal. */
  readonly name: string;
  permits(plan: ReorgPlan, context: GuardContext): GuardVerdict;
}

export const PERMITTED: GuardVerdict = { permitted: true };

export function refused(reason: string): GuardVerdict {
  return { permitted: false, reason };
}
