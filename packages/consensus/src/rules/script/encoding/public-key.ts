import { hasFlag, SCRIPT_FLAGS, type ScriptFlags } from "../flags.ts";
import { demand } from "../script-error.ts";
import type { SignatureVersion } from "../signature-checker.ts";

const COMPRESSED_BYTES = 33;
const UNCOMPRESSED_BYTES = 65;

/** Whether a public key may be written like this here (policy: STRICTENC and WITNESS_PUBKEYTYPE). @throws ScriptFailure */
export function checkPublicKeyEncoding(publicKey: Uint8Array, flags: ScriptFlags, version: SignatureVersion): void {
  if (hasFlag(flags, SCRIPT_FLAGS.STRICTENC)) {
    demand(isCompressed(publicKey) || isUncompressed(publicKey), "PUBKEYTYPE");
  }
  if (hasFlag(flags, SCRIPT_FLAGS.WITNESS_PUBKEYTYPE) && version === "witness-v0") {
    demand(isCompressed(publicKey), "WITNESS_PUBKEYTYPE");
  }
}

/** True when the length fits the first byte; whether it is a point is for the curve to say. Hybrid keys (6, 7) count. */
export function isPublicKeyShaped(publicKey: Uint8Array): boolean {
  const isHybrid = publicKey.length === UNCOMPRESSED_BYTES && (publicKey[0] === 6 || publicKey[0] === 7);
  return isCompressed(publicKey) || isUncompressed(publicKey) || isHybrid;
}

function isCompressed(publicKey: Uint8Array): boolean {
  return publicKey.length === COMPRESSED_BYTES && (publicKey[0] === 2 || publicKey[0] === 3);
}

function isUncompressed(publicKey: Uint8Array): boolean {
  return publicKey.length === UNCOMPRESSED_BYTES && publicKey[0] === 4;
}
