import type { Block } from "@forkyard/core/block";
import { MAX_MINER_TAG_CHARACTERS } from "../limits.ts";

/**
 * The readable name a miner put into its coinbase between slashes ("/Forkyard:node1/"), or null. Only printable ASCII
 * is given out, so that a block cannot smuggle control characters into a terminal or a log.
 */
export function minerTag(block: Block): string | null {
  const script = block.txs[0]?.inputs[0]?.scriptSig ?? new Uint8Array();
  const text = String.fromCharCode(...script.subarray(0, MAX_MINER_TAG_CHARACTERS));
  return /\/([\x20-\x2e\x30-\x7e]+)\//.exec(text)?.[1] ?? null;
}

/** The tag that a node of this name puts into the blocks it mines. */
export function tagOf(nodeName: string): string {
  return `/Forkyard:${nodeName}/`;
}
