import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { BlockPlace, BranchName, NodeName, PaymentName, WalletName } from "./names.ts";

interface Happened {
  /** Milliseconds since the scenario began. */
  readonly atMs: number;
  /** Where it was seen. */
  readonly node: NodeName;
}

/** A block came to be: in the open, or on a branch that is kept secret. */
export interface MinedEvent extends Happened, BlockPlace {
  readonly type: "mined";
  readonly parent: BlockHash;
  readonly branch?: BranchName;
  readonly bits: number;
  /** The header's own time, seconds. */
  readonly timeSeconds: number;
  /** Without the coinbase. */
  readonly txids: readonly Txid[];
}

/** A block came onto the active chain of a node. After a reorganisation one for each block that was put on. */
export interface BlockEvent extends Happened, BlockPlace {
  readonly type: "block";
  readonly parent: BlockHash;
  /** Who mined it, when the coinbase says so. */
  readonly miner?: NodeName;
  readonly txids: readonly Txid[];
}

/** A node took blocks back; comes before the block events of what it put on. */
export interface ReorgEvent extends Happened {
  readonly type: "reorg";
  readonly depth: number;
  readonly fork: BlockPlace;
  /** Newest first. */
  readonly removed: readonly BlockHash[];
  /** Oldest first. */
  readonly added: readonly BlockHash[];
}

/** A valid block was stored beside the active chain. */
export interface SideEvent extends Happened, BlockPlace {
  readonly type: "side";
  readonly parent: BlockHash;
}

/** A node refused a block: its rules, or a defence that it has switched on. */
export interface RefusedEvent extends Happened {
  readonly type: "refused";
  readonly hash: BlockHash;
  /** Rule code, or name of the defence. */
  readonly code: string;
}

export interface TransactionEvent extends Happened {
  readonly type: "transaction";
  readonly txid: Txid;
  readonly status: "mempool" | "dropped" | "replaced";
}

/** A payment that a scenario or an actor asked for was signed. */
export interface PaymentEvent extends Happened {
  readonly type: "payment";
  readonly payment: PaymentName;
  readonly txid: Txid;
  /** Whose coins, and who is paid. A double spend pays its maker. */
  readonly from?: WalletName;
  readonly to?: WalletName;
  /** Satoshis. */
  readonly amount: bigint;
}

export interface LinkEvent extends Happened {
  readonly type: "link";
  readonly peer: NodeName;
  readonly status: "up" | "down";
}

export interface LifeEvent extends Happened {
  readonly type: "life";
  readonly status: "started" | "stopped" | "crashed";
}

/** What a scenario's step or actor did or decided, for people to read. `node` is the actor's. */
export interface NoteEvent extends Happened {
  readonly type: "note";
  readonly who: string;
  readonly text: string;
}

export type WorldEvent =
  | MinedEvent
  | BlockEvent
  | ReorgEvent
  | SideEvent
  | RefusedEvent
  | TransactionEvent
  | PaymentEvent
  | LinkEvent
  | LifeEvent
  | NoteEvent;
