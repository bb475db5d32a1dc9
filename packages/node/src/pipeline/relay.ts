import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import { DecodeError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { BlockVerdict } from "../chain/block-verdict.ts";
import { blameForBlock } from "./blame.ts";

/** What to tell the gossip layer about a block, and what else to do about it. */
export interface RelayDecision {
  readonly verdict: "accept" | "reject" | "ignore";
  /** Why, for the log and the peer's score; absent when all is well. */
  readonly reason?: string;
  /** The sender knows ancestors that we do not: ask it. */
  readonly askForHeaders?: BlockHash;
}

/** Decodes a gossiped block. @returns undefined when the bytes are no block: the sender made or forwarded garbage */
export function decodeGossipedBlock(payload: Uint8Array, decode: (bytes: Uint8Array) => Block): Block | undefined {
  try {
    return decode(payload);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/**
 * Stage 5: whether a block goes on to the peers. A valid block with at least as much work as the tip is worth
 * forwarding (a tie is a race that everybody should see); older side branches are not.
 */
export function relayDecision(verdict: BlockVerdict, tip: ChainEntry): RelayDecision {
  switch (verdict.kind) {
    case "connected":
      return { verdict: "accept" };
    case "side":
      return { verdict: verdict.entry.chainWork >= tip.chainWork ? "accept" : "ignore" };
    case "duplicate":
      return { verdict: "ignore" };
    case "unknown-parent":
      return { verdict: "ignore", askForHeaders: verdict.parent };
    case "refused":
      return { verdict: blameForBlock(verdict.error), reason: verdict.error.code };
  }
}
