import type { FeeRate } from "./fee-rate.ts";

/** How long chains of waiting transactions may get, the transaction itself counted. */
export interface ChainLimits {
  readonly maxAncestors: number;
  readonly maxAncestorVirtualBytes: number;
  readonly maxDescendants: number;
  readonly maxDescendantVirtualBytes: number;
}

/** What an operator may set; the defaults are Bitcoin Core's. */
export interface MempoolLimits {
  /** Estimated memory of all entries (Bitcoin Core `-maxmempool`). */
  readonly maxUsageBytes: number;
  /** Below this nothing is relayed (`-minrelaytxfee`); 0.1 satoshi a virtual byte since Bitcoin Core 30. */
  readonly minRelayFeeRate: FeeRate;
  /** What a replacement must pay for its own relay, and what an eviction adds to the minimum (`-incrementalrelayfee`). */
  readonly incrementalFeeRate: FeeRate;
  /** An output is dust when spending it costs more than it is worth at this rate (`-dustrelayfee`). */
  readonly dustFeeRate: FeeRate;
  /** `-mempoolexpiry`: 336 hours. */
  readonly expiryMs: number;
  readonly chain: ChainLimits;
  /** False lets anything in that a block could take (`-acceptnonstdtxn`). */
  readonly requireStandard: boolean;
}

const HOUR_MS = 3_600_000;

export const DEFAULT_LIMITS: MempoolLimits = {
  maxUsageBytes: 300_000_000,
  minRelayFeeRate: 100n,
  incrementalFeeRate: 100n,
  dustFeeRate: 3_000n,
  expiryMs: 336 * HOUR_MS,
  chain: {
    maxAncestors: 25,
    maxAncestorVirtualBytes: 101_000,
    maxDescendants: 25,
    maxDescendantVirtualBytes: 101_000,
  },
  requireStandard: true,
};

/**
 * Chains that a reorganisation may put back: blocks may hold longer ones than the mempool lets in, and losing a
 * payment to that would be worse than keeping them. Bounded because the work grows with the square.
 */
export const RESURRECTED_CHAIN_LIMITS: ChainLimits = {
  maxAncestors: 2_500,
  maxAncestorVirtualBytes: 4_000_000,
  maxDescendants: 2_500,
  maxDescendantVirtualBytes: 4_000_000,
};

/** BIP125 rule 5: transactions that one replacement may put out, descendants included. */
export const MAX_REPLACED = 100;

/** Standardness (Bitcoin Core `policy.h`). */
export const MIN_STANDARD_VERSION = 1;
export const MAX_STANDARD_VERSION = 3;
export const MAX_STANDARD_WEIGHT = 400_000;
/** Without witnesses; smaller ones could be read as inner nodes of a merkle tree (CVE-2017-12842). */
export const MIN_STANDARD_NON_WITNESS_BYTES = 65;
export const MAX_STANDARD_SCRIPT_SIG_BYTES = 1_650;
/** Outputs worth less than it costs to spend them; one is left to transactions without a fee (ephemeral dust). */
export const MAX_DUST_OUTPUTS = 1;
export const MAX_BARE_MULTISIG_KEYS = 3;
export const MAX_P2SH_SIGOPS = 15;
/** Signature operations outside witnesses that a transaction may run, as BIP54 would have it. */
export const MAX_LEGACY_SIGOPS = 2_500;
export const MAX_STANDARD_SIGOPS_COST = 16_000;
/** A transaction counts as at least this many weight units a unit of sigop cost (`-bytespersigop`). */
export const WEIGHT_PER_SIGOP_COST = 20;
export const MAX_STANDARD_WITNESS_ITEMS = 100;
export const MAX_STANDARD_WITNESS_ITEM_BYTES = 80;
export const MAX_STANDARD_WITNESS_SCRIPT_BYTES = 3_600;

/** Orphans: transactions whose parents are not here yet. */
export const MAX_ORPHANS_PER_SENDER = 100;
export const MAX_ORPHAN_BYTES_PER_SENDER = 400_000;
export const MAX_ORPHANS = 1_000;
export const MAX_ORPHAN_BYTES = 4_000_000;
/** Orphans looked at again in one call; the others wait for the next call. */
export const MAX_ORPHAN_RETRIES = 100;

/** Estimated memory of an entry beside its serialized bytes. */
export const ENTRY_OVERHEAD_BYTES = 1_200;
export const INPUT_OVERHEAD_BYTES = 300;
export const OUTPUT_OVERHEAD_BYTES = 150;

/** The rolling minimum fee halves in this time, faster in an emptier pool. */
export const ROLLING_FEE_HALF_LIFE_MS: number = 12 * HOUR_MS;
/** Halvings after which it is certainly zero: no more are worked out. */
export const MAX_ROLLING_FEE_HALVINGS = 64;

/** Sigop cost that a block's coinbase may need (Bitcoin Core keeps 400 as well). */
export const COINBASE_SIGOPS_COST = 400;
/** Packages in a row that do not fit into a nearly full block before selection gives up. */
export const MAX_FAILED_PACKAGES = 1_000;
/** Nearly full: less weight than this is left. */
export const NEARLY_FULL_WEIGHT = 4_000;

/** Stale items in the eviction order, beyond as many as there are entries, before it is built anew. */
export const EVICTION_ORDER_SLACK = 1_000;
