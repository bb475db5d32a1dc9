import { MAX_MEMPOOL_TXIDS } from "../limits.ts";
import { decodeGetMempool, encodeMempoolTxids } from "../wire/mempool.ts";
import type { ChainServer } from "./chain-server.ts";

/** Answers a mempool request: one frame with ids. @throws DecodeError */
export function serveMempool(request: Uint8Array, chain: ChainServer): readonly Uint8Array[] {
  decodeGetMempool(request);
  return [encodeMempoolTxids(chain.mempoolTxids(MAX_MEMPOOL_TXIDS))];
}
