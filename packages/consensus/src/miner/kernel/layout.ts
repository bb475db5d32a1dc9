/**
 * Where the kernel and its caller meet in the module's memory, in bytes. All words are little-endian 32-bit numbers
 * with the value that SHA-256 gives them.
 */

/** SHA-256 state after the first 64 header bytes: 8 words, written by the caller. */
export const MIDSTATE_OFFSET = 0;
/** Header bytes 64..75 as three big-endian words (end of the merkle root, time, bits), written by the caller. */
export const TAIL_OFFSET = 32;
/** The top 32 bits of the target, written by the caller. */
export const TARGET_TOP_OFFSET = 44;
/** Nonces of one step as SHA-256 reads them; the kernel's own. */
export const NONCES_OFFSET = 64;
/** Last state words of one step's hashes; the kernel's own. */
export const TOPS_OFFSET = 128;
/** Constants, each repeated over a slot; the kernel's own. */
export const SLOTS_OFFSET = 192;

/** Nonces in one vector: SIMD128 holds four 32-bit words. */
export const LANES_PER_GROUP = 4;
/** Bytes of one vector. */
export const VECTOR_BYTES = 16;
