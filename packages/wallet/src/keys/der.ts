import { concatBytes } from "@forkyard/core/bytes/bytes";
import { assert } from "@forkyard/core/errors";

const SEQUENCE_TAG = 0x30;
const INTEGER_TAG = 0x02;
const COMPACT_SIGNATURE_BYTES = 64;

/** Strict DER (BIP66) of a 64-byte signature, without hash type: at most 70 bytes when r and s are below 2^255. */
export function signatureToDer(signature: Uint8Array): Uint8Array {
  assert(signature.length === COMPACT_SIGNATURE_BYTES, `a signature of ${signature.length} bytes`);
  const r = derInteger(signature.subarray(0, 32));
  const s = derInteger(signature.subarray(32));
  return concatBytes(Uint8Array.of(SEQUENCE_TAG, r.length + s.length), r, s);
}

/** Shortest form: no leading zeros, but one where the top bit would read as a minus sign. */
function derInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const magnitude = bytes.subarray(start);
  const sign = (magnitude[0] as number) >= 0x80 ? Uint8Array.of(0) : new Uint8Array(0);
  return concatBytes(Uint8Array.of(INTEGER_TAG, sign.length + magnitude.length), sign, magnitude);
}
