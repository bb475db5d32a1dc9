import { PROTOCOL_LIMITS } from "../limits.ts";
import { decodeGetTxs } from "../wire/get-txs.ts";
import type { ChainServer } from "./chain-server.ts";

/** Answers a transactions request: those that we have, in the order asked, as far as the answer may go. @throws DecodeError */
export function serveTxs(request: Uint8Array, chain: ChainServer): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  let bytes = 0;
  for (const txid of decodeGetTxs(request)) {
    const tx = chain.txBytes(txid);
    if (tx === undefined || tx.length > PROTOCOL_LIMITS.txs.maxFrameBytes) continue;
    bytes += tx.length;
    if (bytes > PROTOCOL_LIMITS.txs.maxAnswerBytes) break;
    frames.push(tx);
  }
  return frames;
}
