import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import { MAX_HEADERS_PER_MESSAGE } from "../limits.ts";
import { decodeGetHeaders } from "../wire/get-headers.ts";
import { encodeHeaders } from "../wire/headers.ts";
import type { ChainServer } from "./chain-server.ts";

/** Answers a headers request: one frame, empty list when there is nothing new. @throws DecodeError */
export function serveHeaders(request: Uint8Array, chain: ChainServer): readonly Uint8Array[] {
  const { locator, stop } = decodeGetHeaders(request);
  const headers = chain.headersAfter(chain.locatorFork(locator), MAX_HEADERS_PER_MESSAGE);
  return [encodeHeaders(stop === undefined ? headers : upTo(headers, stop))];
}

function upTo(headers: readonly BlockHeader[], stop: string): readonly BlockHeader[] {
  const at = headers.findIndex((header) => blockHashOf(header) === stop);
  return at < 0 ? headers : headers.slice(0, at + 1);
}
