import type { RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { BlockHeader } from "@forkyard/core/header";
import type { PeerId } from "../transport/transport.ts";

export interface HeadersOutcome {
  /** Headers that were new and are now in the tree. */
  readonly accepted: number;
  /** The rule that the first refused header broke; the ones before it were accepted. */
  readonly error?: RuleError;
  /** Last header of the batch that is in the tree, new or not. */
  readonly lastHash?: BlockHash;
  /** The first header's parent is unknown. */
  readonly unconnected?: boolean;
}

/** What synchronising needs to know of the chain and do to it; the node implements it, synchronously. */
export interface SyncChainView {
  /** Locator of the best header chain, newest first. */
  locator(): readonly BlockHash[];
  bestHeaderWork(): bigint;
  /** Work of the chain that is connected. */
  tipWork(): bigint;
  hasHeader(hash: BlockHash): boolean;
  /** Work of the chain up to a known header; undefined for an unknown one. */
  headerWork(hash: BlockHash): bigint | undefined;
  /**
   * Work of headers by themselves, known or not; nothing is kept.
   * @returns undefined when one is not the parent of the next, or has no proof of work
   */
  provenWork(headers: readonly BlockHeader[]): bigint | undefined;
  /** Chains with less work than this are not stored: they cost their maker too little. */
  leastWork(): bigint;
  acceptHeaders(headers: readonly BlockHeader[], from: PeerId): HeadersOutcome;
  /**
   * Bodies not stored yet on the way to the best header, oldest first.
   * @param towards another known header to go to instead, when nobody has the bodies of the best.
   */
  missingBodies(max: number, towards?: BlockHash): readonly BlockHash[];
  hasBody(hash: BlockHash): boolean;
  /** Bodies that may be handed over now; the others wait with the flow, which asks for no more than it can hold. */
  roomForBodies(): number;
}
