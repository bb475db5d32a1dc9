import { compactSizeLength } from "@forkyard/core/bytes/writer";
import { isUnspendable } from "@forkyard/core/coins";
import { witnessProgram } from "@forkyard/core/script/templates";
import { DUST_FEE_RATE } from "../limits.ts";

/** Bytes that Bitcoin Core reckons for spending an output later: with a signature and key in the script, or in a witness. */
const SPEND_BYTES = 148;
const WITNESS_SPEND_BYTES = 67;

/**
 * The least satoshis that an output with this script may hold to be relayed: spending it must not cost more than it
 * brings (Bitcoin Core `GetDustThreshold`: 294 for P2WPKH, 546 for P2PKH). 0 for scripts that cannot be spent.
 */
export function dustThreshold(scriptPubKey: Uint8Array): bigint {
  if (isUnspendable(scriptPubKey)) return 0n;
  const outputBytes = 8 + compactSizeLength(scriptPubKey.length) + scriptPubKey.length;
  const spendBytes = witnessProgram(scriptPubKey) === undefined ? SPEND_BYTES : WITNESS_SPEND_BYTES;
  return BigInt((outputBytes + spendBytes) * DUST_FEE_RATE);
}
