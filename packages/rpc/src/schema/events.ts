import type { BlockHash, Txid } from "@forkyard/core/hash";

/** What happened in a node, as `GET /events` streams it. Amounts are satoshis, times milliseconds since 1970. */
export type NodeEventBody =
  | BlockEvent
  | ReorgEvent
  | ForkEvent
  | TransactionEvent
  | PeerEvent
  | PaymentEvent
  | BranchEvent
  | RefusedEvent;

/** An event with its place in the node's list: `sequence` starts at 1 and grows by one with every event. */
export type NodeEvent = EventEnvelope & NodeEventBody;

export interface EventEnvelope {
  readonly sequence: number;
  /** When the node saw it. */
  readonly timeMs: number;
}

export interface BlockReference {
  readonly height: number;
  readonly hash: BlockHash;
}

/** A block became part of the active chain. In a reorganisation these follow the `reorg` event, oldest first. */
export interface BlockEvent {
  readonly type: "block";
  readonly hash: BlockHash;
  readonly height: number;
  readonly txCount: number;
  /** Fees of all its transactions. */
  readonly fees: number;
  /** The tag in its coinbase; null when there is none that is readable. Untrusted text: escape before showing. */
  readonly miner: string | null;
  /** The header's time. */
  readonly blockTimeMs: number;
}

/** The active chain switched branches. */
export interface ReorgEvent {
  readonly type: "reorg";
  /** Blocks taken back. */
  readonly depth: number;
  readonly forkPoint: BlockReference;
  /** Blocks taken back, newest first. */
  readonly removed: readonly BlockHash[];
  /** Blocks connected instead, oldest first. */
  readonly added: readonly BlockHash[];
}

/** A block was stored that is not on the active chain: the tip of a side branch. */
export interface ForkEvent {
  readonly type: "fork";
  readonly hash: BlockHash;
  readonly height: number;
  readonly forkPoint: BlockReference;
}

/** A transaction entered or left the mempool; leaving by a block is told by the block. */
export interface TransactionEvent {
  readonly type: "transaction";
  readonly txid: Txid;
  readonly status: "accepted" | "replaced" | "dropped" | "resurrected";
  readonly fee: number;
  readonly virtualSize: number;
  /** With status "replaced": the transaction that took its coins. */
  readonly replacedBy?: Txid;
  /** With status "dropped": the reason, a reject code of bitcoind where one exists. */
  readonly reason?: string;
}

export interface PeerEvent {
  readonly type: "peer";
  readonly status: "connected" | "disconnected";
  readonly peer: string;
  readonly address: string;
  readonly inbound: boolean;
}

/** One of the node's wallets sent or received coins. */
export interface PaymentEvent {
  readonly type: "payment";
  readonly wallet: string;
  readonly txid: Txid;
  readonly direction: "sent" | "received";
  /** Without the fee. */
  readonly amount: number;
  readonly address: string | null;
  /** "reversed": it was in a block that was taken back, and is not in the mempool either. */
  readonly status: "unconfirmed" | "confirmed" | "reversed";
}

/** A withheld branch was mined or published by `forkyard_minebranch` and `forkyard_publishbranch`. */
export interface BranchEvent {
  readonly type: "branch";
  readonly status: "mining" | "mined" | "published";
  readonly branch: string;
  readonly forkPoint: BlockReference;
  readonly blocks: number;
}

/** A node of an experiment refused a block, by a rule or by one of its defences; told once. */
export interface RefusedEvent {
  readonly type: "refused";
  readonly hash: BlockHash;
  /** The rule's code, the name of the rule variant, or that of the defence. */
  readonly code: string;
}

/**
 * Lines of the stream that are no events and have no sequence number. `start`: the first line; another `startedAtMs` than
 * before means a restarted node, whose events count from 1 again. `gap`: events before `resumedAt` are no longer kept.
 * `dropped`: the reader was too slow; reconnect with `from` = `resumeFrom`. `end`: the node stops.
 */
export type StreamNotice =
  | { readonly type: "start"; readonly startedAtMs: number; readonly latest: number }
  | { readonly type: "gap"; readonly missed: number; readonly resumedAt: number }
  | { readonly type: "dropped"; readonly reason: string; readonly resumeFrom: number }
  | { readonly type: "end" };

/** One line of `GET /events`. */
export type StreamLine = NodeEvent | StreamNotice;
