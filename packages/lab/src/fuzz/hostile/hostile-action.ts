import type { NodeName } from "../../world/world.ts";

/** What a hostile peer may send. */
export const HOSTILE_MESSAGES = [
  /** Bytes that are no block, and no transaction. */
  "garbage",
  /** The body of a true block, changed so that its header still fits, or does not. */
  "mutated-block",
  /** A header that nobody has worked for. */
  "unworked-block",
  /** A block with work in it that breaks a rule of money. */
  "invalid-block",
  /** The same, and one upon it: more work than the victim's chain, and worthless. */
  "invalid-branch",
  /** Valid blocks far below the victim's tip. */
  "old-branch",
  /** More transactions without parents than are kept of one sender. */
  "orphan-flood",
  /** A true payment with a false signature. */
  "forged-payment",
] as const;
export type HostileMessage = (typeof HOSTILE_MESSAGES)[number];

/** A peer that keeps no rules sends something to the one node that it is connected with. */
export interface HostileAction {
  readonly kind: "hostile";
  /** Name of the peer; no node of the scenario. The same peer always has the same victim. */
  readonly peer: string;
  readonly node: NodeName;
  readonly sends: HostileMessage;
}
