/** Where the SHA-256 module and its caller meet in the module's memory, in bytes. */

/** The digest, written by the module. */
export const DIGEST_OFFSET = 0;
export const DIGEST_BYTES = 32;
/** Round constants; the module's own. */
export const CONSTANTS_OFFSET = 64;
/** The message, written by the caller; the padding is put behind it. */
export const MESSAGE_OFFSET = 512;
/** Longest message: one page of memory holds it and its padding by far. */
export const MAX_MESSAGE_BYTES = 32_768;
