/** Numbers that bound what consensus accepts. Each is a rule of Bitcoin: changing one makes another currency. */

/** BIP141: signature operations in a block, in cost units (a legacy one costs {@link WITNESS_SCALE_FACTOR}). */
export const MAX_BLOCK_SIGOPS_COST = 80_000;
/** A header's time may be this far ahead of the node's clock. */
export const MAX_FUTURE_BLOCK_SECONDS = 7_200;
/** Headers whose median time a new header must exceed. */
export const MEDIAN_TIME_SPAN_BLOCKS = 11;
/** BIP94: the first block of a retarget period may be this much older than its parent. */
export const MAX_TIMEWARP_SECONDS = 600;
/** Bytes of a coinbase's scriptSig. */
export const MIN_COINBASE_SCRIPT_BYTES = 2;
export const MAX_COINBASE_SCRIPT_BYTES = 100;
/** Sigops that one OP_CHECKMULTISIG counts for when its number of keys is not known. */
export const MAX_PUBKEYS_PER_MULTISIG = 20;
/** From this many halvings on there is no subsidy: the shift would be as wide as the number. */
export const MAX_HALVINGS = 64;
/** The lowest height that coinbases older than BIP34 claimed for a block not yet mined (mainnet, Bitcoin Core). */
export const FIRST_HEIGHT_CLAIMED_BEFORE_BIP34 = 1_983_702;
/** Exponential subjective scoring raises work to this power: the largest keeps the comparison within some kilobytes. */
export const MAX_SCORING_HALVING_BLOCKS = 1_000;
