/**
 * What the RPC server needs of a node: the only thing the two packages share. The node implements it; tests use a small
 * fake. Reads are synchronous and describe one moment; whatever writes or waits returns a promise.
 * Methods throw `InputError` for what a caller got wrong and `RuleError` for what breaks a rule; the server turns
 * both into bitcoind's error codes. Anything else thrown is a fault of the node and is answered as such.
 */
import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta, Coin } from "@forkyard/core/coins";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { BlockHeader } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { OutPoint, Transaction } from "@forkyard/core/tx";
import type { BlockWishes } from "./experiment-api.ts";
import type { LabApi } from "./lab-api.ts";
import type { EventSource } from "./schema/event-log.ts";
import type { WalletsApi } from "./wallet-api.ts";

export interface NodeApi {
  readonly params: NetworkParams;
  readonly clock: Clock;
  readonly timers: Timers;
  /** When the node started, by `clock.nowMs`. */
  readonly startedAtMs: number;
  readonly chain: ChainApi;
  readonly mempool: MempoolApi;
  readonly mining: MiningApi;
  readonly peers: PeersApi;
  readonly wallets: WalletsApi;
  readonly lab: LabApi;
  readonly events: EventSource;
  /** What the node is still busy with before it can answer ("Verifying blocks…"); undefined once it is ready. */
  warmup(): string | undefined;
  /** Asks the node to stop; it does so after the current call was answered. */
  stop(): void;
}

/** How the set of coins is hashed, by bitcoind's names. */
export const COIN_SET_HASH_TYPES = ["hash_serialized_3", "muhash", "none"] as const;
export type CoinSetHashType = (typeof COIN_SET_HASH_TYPES)[number];

/** All coins as of one block. */
export interface CoinSetInfo {
  readonly height: number;
  readonly bestBlock: BlockHash;
  readonly coins: number;
  /** Transactions with at least one coin. */
  readonly transactions: number;
  /** Satoshis. */
  readonly total: bigint;
  /** bitcoind's measure of size that does not depend on the database. */
  readonly bogoSize: number;
  /** Over all coins, in display order; absent for "none". */
  readonly hash?: string;
}

/** Header tree, active chain, blocks and coins. */
export interface ChainApi {
  /** The last block of the active chain. */
  tip(): ChainEntry;
  /** The entry with the most work that is not known to be invalid; its body may be missing. */
  bestHeader(): ChainEntry;
  /** Any known block or header, side branches included. */
  entry(hash: BlockHash): ChainEntry | undefined;
  /** The block of the active chain at a height. */
  entryAt(height: number): ChainEntry | undefined;
  /** Leaves of the header tree, in any order. */
  leaves(): readonly ChainEntry[];
  /** Median time of an entry and its ten ancestors, in seconds (BIP113). */
  medianTimePast(entry: ChainEntry): number;
  /** The target of the next block on the tip, compact form. */
  nextBits(): number;
  /** Serialized block with witnesses; undefined when only its header is known. */
  blockBytes(hash: BlockHash): Uint8Array | undefined;
  /** What connecting the block changed; undefined when it was never connected. */
  undo(hash: BlockHash): BlockDelta | undefined;
  /** A coin as of the tip; the mempool is not looked at. */
  coin(outPoint: OutPoint): Coin | undefined;
  /** How many coins there are as of the tip and what they add up to, in satoshis. */
  coinTotals(): { readonly count: number; readonly total: bigint };
  /** Scans all coins, some seconds a million; calls made meanwhile do not change what it sees. */
  coinSetInfo(type: CoinSetHashType): Promise<CoinSetInfo>;
  /** Height of the last block whose body was deleted; undefined when the node neither prunes nor ever did. */
  prunedHeight(): number | undefined;
  /** True until the node has caught up with its peers; goes to false once and stays so (bitcoind). */
  initialBlockDownload(): boolean;
  /** Bytes that blocks and undo data take on disk; an estimate is fine. */
  sizeOnDiskBytes(): number;
  /**
   * Checks, stores and perhaps connects a block. The result is bitcoind's: undefined when it became part of the active
   * chain; "duplicate" or "duplicate-invalid" for a known one; "inconclusive" when it was stored on a side branch, or fell
   * with an ancestor; else the reject reason ("high-hash", "bad-cb-amount", "prev-blk-not-found" …).
   */
  submitBlock(block: Block): Promise<string | undefined>;
  /** Checks a header whose parent is known and adds it to the tree; bitcoind's reject reason when it was refused. */
  submitHeader(header: BlockHeader): string | undefined;
}

/** Unconfirmed transactions. */
export interface MempoolApi {
  /** Everything in it, in the order of arrival. */
  txids(): readonly Txid[];
  entry(txid: Txid): MempoolEntryView | undefined;
  /** Transactions in the mempool that it needs, directly or not; itself left out. */
  ancestors(txid: Txid): readonly Txid[];
  /** Transactions in the mempool that need it, directly or not; itself left out. */
  descendants(txid: Txid): readonly Txid[];
  /** The transaction in the mempool that spends this output. */
  spender(outPoint: OutPoint): Txid | undefined;
  totals(): MempoolTotals;
  /** Says whether it would be accepted, changing nothing. Sees only the mempool as it is, not earlier tested transactions. */
  test(tx: Transaction): TestAcceptResult;
  /** Adds it and announces it to peers. */
  submit(tx: Transaction): SubmitTransactionResult;
}

export interface MempoolEntryView {
  readonly tx: Transaction;
  /** Satoshis. */
  readonly fee: bigint;
  /** When it was accepted, in milliseconds since 1970. */
  readonly timeMs: number;
  /** Height of the tip when it was accepted. */
  readonly height: number;
}

export interface MempoolTotals {
  readonly count: number;
  readonly virtualBytes: number;
  /** Memory in use; the limit it is compared with is `maxBytes`. */
  readonly usageBytes: number;
  readonly maxBytes: number;
  /** Satoshis. */
  readonly totalFees: bigint;
  /** Satoshis per 1000 virtual bytes: what enters the mempool now, what is relayed at all, what a replacement adds. */
  readonly minFeeRate: bigint;
  readonly minRelayFeeRate: bigint;
  readonly incrementalFeeRate: bigint;
}

/**
 * A refusal carries bitcoind's reject reason, and `details`: the reason with what explains it; `missing` the parents that
 * are nowhere to be found.
 */
export type RefusedTransaction =
  | { readonly status: "refused"; readonly reason: string; readonly details: string }
  | { readonly status: "missing-inputs"; readonly missing: readonly Txid[] };

export type TestAcceptResult = { readonly status: "accepted"; readonly fee: bigint } | RefusedTransaction;

export type SubmitTransactionResult =
  | { readonly status: "accepted"; readonly replaced: readonly Txid[] }
  | { readonly status: "already-in-mempool" }
  | RefusedTransaction;

export interface MiningApi {
  /**
   * Mines blocks on the tip at full power and connects each. Gives fewer hashes when `maxTries` nonces were not enough.
   * `signal` stops it early.
   */
  generate(request: GenerateRequest): Promise<readonly BlockHash[]>;
  /** Mines one block with exactly these transactions, in this order; connects it unless `submit` is false. @throws RuleError when it would be invalid */
  generateBlock(request: GenerateBlockRequest): Promise<Block>;
  /** The block that the node would mine now: complete with coinbase and header, its nonce 0. */
  template(): BlockTemplateView;
}

export interface GenerateRequest {
  readonly scriptPubKey: Uint8Array;
  readonly blocks: number;
  /** Nonces to try in all. */
  readonly maxTries: number;
  readonly signal: AbortSignal;
  readonly wishes?: BlockWishes | undefined;
}

export interface GenerateBlockRequest {
  readonly scriptPubKey: Uint8Array;
  readonly txs: readonly Transaction[];
  readonly submit: boolean;
  readonly signal: AbortSignal;
}

export interface BlockTemplateView {
  readonly block: Block;
  readonly height: number;
  /** Satoshis, one for each transaction after the coinbase. */
  readonly fees: readonly bigint[];
}

export interface PeersApi {
  peers(): readonly PeerView[];
  /** Addresses the node listens on, as multiaddr text. */
  addresses(): readonly string[];
  /** Addresses added by `add` and not yet removed. */
  added(): readonly string[];
  /** Keeps a connection to this multiaddr from now on, redialling; resolves at once. */
  add(address: string): void;
  /** Forgets an added address; an open connection stays. */
  remove(address: string): void;
  /** Dials once; resolves at once, a failure is only logged (bitcoind "onetry"). */
  tryOnce(address: string): void;
  disconnect(peer: string): void;
}

export interface PeerView {
  /** libp2p peer id. */
  readonly peer: string;
  /** Small number that is not used again while the node runs: bitcoind's peer index. */
  readonly index: number;
  /** Multiaddr text. */
  readonly address: string;
  readonly inbound: boolean;
  readonly connectedAtMs: number;
  readonly score: number;
  readonly latencyMs?: number;
  /** From its last status message; untrusted text. */
  readonly userAgent?: string;
  /** Height from its first status message, then its best known one. */
  readonly startingHeight?: number;
  readonly bestHeight?: number;
}
