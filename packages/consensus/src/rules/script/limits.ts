/** Numbers of the script machine. All are consensus: a block that needs more is invalid on every node. */

/** Opcodes above OP_16 that one script may hold outside tapscript, skipped ones included; CHECKMULTISIG adds its number of keys. */
export const MAX_OPS_PER_SCRIPT = 201;
/**
 * Legacy signature hashes of one input: each is an operation, or a key of a CHECKMULTISIG, which counts as one; and
 * scriptSig, scriptPubKey and redeem script have {@link MAX_OPS_PER_SCRIPT} each. Follows from that limit: no rule of
 * its own. So one transaction's signatures hash at most this x its inputs x (its stripped size + the longest script).
 */
export const MAX_LEGACY_SIGHASHES_PER_INPUT: number = 3 * MAX_OPS_PER_SCRIPT;
/** Elements on the stack and the alt stack together, after any operation. */
export const MAX_STACK_ELEMENTS = 1000;
/** Bytes of a number that arithmetic reads. */
export const MAX_SCRIPT_NUMBER_BYTES = 4;
/** Bytes of a number that CHECKLOCKTIMEVERIFY and CHECKSEQUENCEVERIFY read: lock times are unsigned 32-bit. */
export const MAX_LOCK_TIME_NUMBER_BYTES = 5;
/** BIP342: weight of a witness that checking one signature uses up. */
export const VALIDATION_WEIGHT_PER_SIGNATURE = 50;
