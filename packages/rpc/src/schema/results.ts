/** Shapes of results that Forkyard's own programs read. Hashes in display order, amounts of `forkyard_*` in satoshis. */
import type { BlockHash, Txid } from "@forkyard/core/hash";

/** `forkyard_status` */
export interface StatusResult {
  readonly name: string;
  readonly network: string;
  readonly chainId: string;
  readonly peerId: string;
  readonly addresses: readonly string[];
  readonly height: number;
  readonly tip: BlockHash;
  /** 64 hexadecimal digits. */
  readonly chainWork: string;
  readonly peers: number;
  readonly mempool: number;
  readonly mining: { readonly hashRate: number; readonly hashes: number; readonly targetHashRate: number | null };
  readonly curve: string;
  readonly grinder: string;
  readonly wallets: readonly string[];
  readonly coins: { readonly count: number; readonly total: number };
  /** Height of the last block whose body was deleted; null when the node does not prune. */
  readonly prunedHeight: number | null;
  /** Sequence number of the last event. */
  readonly events: number;
}

/** `forkyard_minebranch` */
export interface BranchResult {
  readonly branch: string;
  /** Oldest first. */
  readonly blocks: readonly { readonly hash: BlockHash; readonly height: number; readonly txids: readonly Txid[] }[];
  /** 64 hexadecimal digits. */
  readonly chainWork: string;
}

/** `forkyard_publishbranch` */
export interface PublishResult {
  readonly published: number;
}

/** `forkyard_doublespend` */
export interface DoubleSpendResult {
  readonly hex: string;
  readonly txid: Txid;
  readonly fee: number;
}

/** One element of `getchaintips` */
export interface ChainTipResult {
  readonly height: number;
  readonly hash: BlockHash;
  readonly branchlen: number;
  readonly status: "active" | "valid-fork" | "valid-headers" | "headers-only" | "invalid";
}

/** `getbalances`; coins as decimals: see `satoshisOf`. */
export interface BalancesResult {
  readonly mine: { readonly trusted: number; readonly untrusted_pending: number; readonly immature: number };
}

/** `getblock` with verbosity 1 */
export interface BlockResult {
  readonly hash: BlockHash;
  readonly confirmations: number;
  readonly height: number;
  readonly time: number;
  readonly bits: string;
  readonly chainwork: string;
  readonly nTx: number;
  readonly previousblockhash?: BlockHash;
  readonly nextblockhash?: BlockHash;
  readonly size: number;
  readonly weight: number;
  readonly tx: readonly Txid[];
}
