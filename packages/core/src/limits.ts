/** Numbers that bound what core will decode or build. Each is a consensus constant or follows from one. */

/** BIP141: the weight of a block, in weight units. */
export const MAX_BLOCK_WEIGHT = 4_000_000;
/** BIP141: non-witness bytes weigh four units, witness bytes one. */
export const WITNESS_SCALE_FACTOR = 4;
/** No serialized block is longer: every byte weighs at least one unit. */
export const MAX_BLOCK_BYTES = 4_000_000;
/** Bitcoin Core `MAX_SIZE`: no length prefix may promise more bytes. */
export const MAX_COMPACT_SIZE = 0x02000000;
/** A script longer than this can never be executed. */
export const MAX_SCRIPT_BYTES = 10_000;
/** Longest element that a script may push. */
export const MAX_SCRIPT_ELEMENT_BYTES = 520;
/** Bytes of a serialized block header. */
export const HEADER_BYTES = 80;
