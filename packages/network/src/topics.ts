import { concatBytes } from "@forkyard/core/bytes/bytes";
import { sha256 } from "@forkyard/core/hash";
import { MESSAGE_ID_BYTES } from "./limits.ts";
import type { SyncProtocol, Topic } from "./transport/transport.ts";

export const TOPICS: readonly Topic[] = ["blocks", "txs"];
export const SYNC_PROTOCOLS: readonly SyncProtocol[] = ["status", "headers", "blocks", "txs", "mempool"];

const VERSION = 1;
const MESSAGE_ID_DOMAIN = new TextEncoder().encode("forkyard gossip message 1");

/** Gossipsub topic: two chains never share one. */
export function topicName(chainId: string, topic: Topic): string {
  return `/forkyard/${chainId}/${topic}/${VERSION}`;
}

/** Stream protocol: two chains never share one. */
export function protocolName(chainId: string, protocol: SyncProtocol): string {
  return `/forkyard/${chainId}/${protocol}/${VERSION}`;
}

/**
 * Id by which gossip knows a message: over the whole payload, never the block hash or txid, because a mutated copy sent
 * first would then hide the true one.
 */
export function messageId(name: string, payload: Uint8Array): Uint8Array {
  const topic = new TextEncoder().encode(name);
  const lengths = Uint8Array.of(topic.length & 0xff, topic.length >>> 8);
  return sha256(concatBytes(MESSAGE_ID_DOMAIN, lengths, topic, payload)).subarray(0, MESSAGE_ID_BYTES);
}
