import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { BlockPlace, BranchName, NodeName, PaymentName, WalletName } from "./names.ts";

/** Mines blocks at once, however much hash power the node has: `blocks` on its tip, or on a branch it keeps secret. */
export interface MineCommand {
  readonly kind: "mine";
  readonly node: NodeName;
  readonly blocks: number;
  readonly branch?: BranchName;
  /** Empty blocks: nothing from the mempool. */
  readonly empty?: boolean;
  /** Header version; the node's own when absent. */
  readonly version?: number;
  /** Text in the coinbase, which rule variants may look at. */
  readonly tag?: string;
  /** Seconds added to the header time of each block over the one before; the world's clock when absent. */
  readonly timeStepSeconds?: number;
}

/** Changes a node's share of the hash power; shares are fractions of what the scenario began with. */
export interface HashPowerCommand {
  readonly kind: "hash-power";
  readonly node: NodeName;
  readonly share: number;
}

/**
 * Opens a branch on a block: from now on the node's hash power works on it, and what it finds is kept secret.
 * `fork` is a block of the node's active chain; "tip" its tip.
 */
export interface WithholdCommand {
  readonly kind: "withhold";
  readonly node: NodeName;
  readonly branch: BranchName;
  readonly fork: BlockHash | "tip";
}

/** Publishes the next `blocks` blocks of a branch that are still secret, or all. Mining on the branch goes on. */
export interface PublishCommand {
  readonly kind: "publish";
  readonly node: NodeName;
  readonly branch: BranchName;
  readonly blocks?: number;
}

/** Gives a branch up: what is still secret stays so for ever, and the node mines on its tip again. */
export interface AbandonCommand {
  readonly kind: "abandon";
  readonly node: NodeName;
  readonly branch: BranchName;
}

/** Leaves transactions out of the blocks that a node mines, or takes only some in. */
export interface MiningPolicyCommand {
  readonly kind: "mining-policy";
  readonly node: NodeName;
  /** Transactions that are never mined by this node, and none that spend their outputs. */
  readonly censor: readonly Txid[];
  /** Blocks that hold one of the censored transactions are not built upon (feather fork): given up when this far behind. */
  readonly featherBlocks?: number;
}

export interface PayCommand {
  readonly kind: "pay";
  readonly payment: PaymentName;
  readonly from: WalletName;
  readonly to: WalletName;
  /** Satoshis. */
  readonly amount: bigint;
  /** Satoshis a virtual byte. */
  readonly feeRate?: number;
  /** `hold`: signed and kept; `branch`: goes into the next block of a secret branch only; else announced. */
  readonly into?: { readonly branch: BranchName } | "hold";
}

/** Signs another transaction over the same coins as a payment, back to the payer. */
export interface DoubleSpendCommand {
  readonly kind: "double-spend";
  /** Name of the new payment. */
  readonly payment: PaymentName;
  readonly of: PaymentName;
  /** Satoshis a virtual byte; absent: enough to replace the other in a mempool. */
  readonly feeRate?: number;
  readonly into: { readonly branch: BranchName } | { readonly mempoolOf: NodeName } | "hold";
}

/** Announces a payment that was held, at one node. */
export interface AnnounceCommand {
  readonly kind: "announce";
  readonly payment: PaymentName;
  readonly at: NodeName;
}

/** Cuts all links between groups; a node that is in no group keeps all of its links. */
export interface PartitionCommand {
  readonly kind: "partition";
  readonly groups: readonly (readonly NodeName[])[];
}

export interface HealCommand {
  readonly kind: "heal";
}

/** Changes a link; what is absent stays. */
export interface LinkCommand {
  readonly kind: "link";
  readonly between: readonly [NodeName, NodeName];
  readonly up?: boolean;
  readonly latencyMs?: number;
  readonly jitterMs?: number;
  readonly bytesPerSecond?: number;
  /** Fraction of messages that are lost and sent again after a timeout. */
  readonly loss?: number;
}

/** `crash` loses what was not synced. A disk fault is found at the next start. */
export interface LifeCommand {
  readonly kind: "crash" | "stop" | "start";
  readonly node: NodeName;
  readonly disk?: "keep" | "wipe" | "flip-bit";
}

/** Moves a node's clock against the world's. */
export interface ClockCommand {
  readonly kind: "clock";
  readonly node: NodeName;
  readonly offsetSeconds: number;
}

/** What an operator does by hand (bitcoind's invalidateblock and reconsiderblock). */
export interface VerdictCommand {
  readonly kind: "invalidate" | "reconsider";
  readonly node: NodeName;
  readonly hash: BlockHash;
}

/** Makes a block final for a node: checkpoint by release, or signed by a federation. */
export interface LockCommand {
  readonly kind: "lock";
  readonly node: NodeName;
  readonly block: BlockPlace;
}

/** Switches a node over to other rules, as an upgrade does; `none`: the network's own. */
export interface RulesCommand {
  readonly kind: "rules";
  readonly node: NodeName;
  readonly rules: string;
}

/** Something for people to read in the trace. */
export interface NoteCommand {
  readonly kind: "note";
  readonly node: NodeName;
  readonly who: string;
  readonly text: string;
}

export type Command =
  | MineCommand
  | HashPowerCommand
  | WithholdCommand
  | PublishCommand
  | AbandonCommand
  | MiningPolicyCommand
  | PayCommand
  | DoubleSpendCommand
  | AnnounceCommand
  | PartitionCommand
  | HealCommand
  | LinkCommand
  | LifeCommand
  | ClockCommand
  | VerdictCommand
  | LockCommand
  | RulesCommand
  | NoteCommand;

/** What became of a command. A refusal is for the scenario to judge: it is no fault of the world. */
export type CommandResult =
  | { readonly ok: true; readonly txid?: Txid; readonly blocks?: readonly BlockPlace[] }
  | { readonly ok: false; readonly reason: string };
