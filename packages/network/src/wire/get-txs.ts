import type { Txid } from "@forkyard/core/hash";
import { MAX_TXS_PER_REQUEST } from "../limits.ts";
import { decodeHashList, encodeHashList } from "./hash-list.ts";

/** Asks for transactions. The answer is one frame for each that the other side has, in the order asked. */
export function encodeGetTxs(txids: readonly Txid[]): Uint8Array {
  return encodeHashList(txids, MAX_TXS_PER_REQUEST);
}

/** @throws DecodeError */
export function decodeGetTxs(bytes: Uint8Array): readonly Txid[] {
  return decodeHashList<Txid>(bytes, MAX_TXS_PER_REQUEST);
}
