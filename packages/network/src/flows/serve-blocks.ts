import { PROTOCOL_LIMITS } from "../limits.ts";
import { decodeGetBlocks } from "../wire/get-blocks.ts";
import type { ChainServer } from "./chain-server.ts";

/**
 * Answers a blocks request: the blocks in the order asked, up to the first that we have not or that makes the answer too
 * long. At least one when we have it. @throws DecodeError
 */
export function serveBlocks(request: Uint8Array, chain: ChainServer): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  let bytes = 0;
  for (const hash of decodeGetBlocks(request)) {
    const block = chain.blockBytes(hash);
    if (block === undefined) break;
    bytes += block.length;
    if (bytes > PROTOCOL_LIMITS.blocks.maxAnswerBytes) break;
    frames.push(block);
  }
  return frames;
}
