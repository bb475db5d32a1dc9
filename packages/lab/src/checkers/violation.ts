import type { NodeName } from "../world/world.ts";

/** The invariants that random worlds are held to; each has a file of its own here. */
export type InvariantName =
  | "coins"
  | "supply"
  | "most-work"
  | "verdicts"
  | "undo"
  | "mempool"
  | "lost-payments"
  | "durability"
  | "wallet"
  | "limits"
  | "honest-peers"
  | "workless-growth"
  | "liveness"
  | "fault"
  | "trace"
  | "hang";

/** An invariant that does not hold. */
export interface Violation {
  readonly invariant: InvariantName;
  /** Where it was seen; undefined when it is about all nodes together. */
  readonly node?: NodeName;
  /** What is, and what should be: one line. */
  readonly text: string;
}

export function violation(invariant: InvariantName, node: NodeName | undefined, text: string): Violation {
  return { invariant, text, ...(node !== undefined && { node }) };
}
