import { DecodeError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import { MAX_MEMPOOL_TXIDS } from "../limits.ts";
import { decodeHashList, encodeHashList } from "./hash-list.ts";

/** Asks for the ids in the mempool: nothing to say, as in Bitcoin's `mempool`. */
export function encodeGetMempool(): Uint8Array {
  return new Uint8Array(0);
}

/** @throws DecodeError */
export function decodeGetMempool(bytes: Uint8Array): void {
  if (bytes.length !== 0) throw new DecodeError("mempool request with content", 0);
}

/** The answer: ids in an order in which parents come before children. */
export function encodeMempoolTxids(txids: readonly Txid[]): Uint8Array {
  return encodeHashList(txids, MAX_MEMPOOL_TXIDS);
}

/** @throws DecodeError */
export function decodeMempoolTxids(bytes: Uint8Array): readonly Txid[] {
  return decodeHashList<Txid>(bytes, MAX_MEMPOOL_TXIDS);
}
