import type { BlockHash } from "@forkyard/core/hash";

export type NodeName = string;
export type WalletName = string;
/** Name that a scenario gives to a branch that is mined in secret. */
export type BranchName = string;
/** Name that a scenario gives to a payment. */
export type PaymentName = string;

/** A block's place, as nodes announce it. */
export interface BlockPlace {
  readonly hash: BlockHash;
  readonly height: number;
}
