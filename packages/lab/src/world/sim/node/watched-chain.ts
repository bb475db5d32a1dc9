import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import type { BlockVerdict } from "@forkyard/node/chain/block-verdict";
import { Chain, type ChainParts, type ChainStart } from "@forkyard/node/chain/chain";

/** Told of every rule that the chain found broken, however the block or header came in. */
export type Refused = (hash: BlockHash, error: RuleError) => void;

/** The chain of the node itself; only watched. */
export class WatchedChain extends Chain {
  readonly #refused: Refused;

  constructor(parts: ChainParts, start: ChainStart, refused: Refused) {
    super(parts, start);
    this.#refused = refused;
  }

  override takeBlock(
    block: Block,
    nowSeconds: number,
    answer: (verdict: BlockVerdict) => void,
    bytes?: Uint8Array,
  ): void {
    const watched = (verdict: BlockVerdict): void => {
      if (verdict.kind === "refused") this.#refused(block.hash, verdict.error);
      answer(verdict);
    };
    super.takeBlock(block, nowSeconds, watched, bytes);
  }

  override submitHeaders(
    headers: readonly BlockHeader[],
    nowSeconds: number,
  ): { accepted: ChainEntry[]; error?: RuleError } {
    const outcome = super.submitHeaders(headers, nowSeconds);
    const failed = headers[outcome.accepted.length];
    if (outcome.error !== undefined && failed !== undefined) this.#refused(blockHashOf(failed), outcome.error);
    return outcome;
  }
}
