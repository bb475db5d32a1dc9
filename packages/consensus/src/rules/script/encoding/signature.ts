import { hasFlag, SCRIPT_FLAGS, type ScriptFlags } from "../flags.ts";
import { demand } from "../script-error.ts";
import { SIGHASH_ALL, SIGHASH_ANYONECANPAY, SIGHASH_SINGLE } from "../sighash/hash-type.ts";
import { hasHighS, isStrictDer, parseLaxDer } from "./der.ts";

const NEEDS_STRICT_DER: ScriptFlags = SCRIPT_FLAGS.DERSIG | SCRIPT_FLAGS.LOW_S | SCRIPT_FLAGS.STRICTENC;

/**
 * Whether a signature may be written like this here. The empty one always may: it is the short way to fail a check.
 * @param signature with its hash-type byte
 * @throws ScriptFailure
 */
export function checkSignatureEncoding(signature: Uint8Array, flags: ScriptFlags): void {
  if (signature.length === 0) return;
  if (hasFlag(flags, NEEDS_STRICT_DER)) demand(isStrictDer(signature), "SIG_DER");
  if (hasFlag(flags, SCRIPT_FLAGS.LOW_S)) demand(hasLowS(signature), "SIG_HIGH_S");
  if (hasFlag(flags, SCRIPT_FLAGS.STRICTENC)) demand(hasDefinedHashType(signature), "SIG_HASHTYPE");
}

function hasLowS(signature: Uint8Array): boolean {
  const scalars = parseLaxDer(signature.subarray(0, -1));
  return scalars !== undefined && !hasHighS(scalars);
}

function hasDefinedHashType(signature: Uint8Array): boolean {
  const outputs = (signature.at(-1) ?? 0) & ~SIGHASH_ANYONECANPAY;
  return outputs >= SIGHASH_ALL && outputs <= SIGHASH_SINGLE;
}
