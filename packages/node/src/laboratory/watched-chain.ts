import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import type { BlockVerdict } from "../chain/block-verdict.ts";
import { Chain, type ChainParts, type ChainStart } from "../chain/chain.ts";

export interface ChainWatcher {
  /** A block came in, from wherever. */
  arrived(hash: BlockHash): void;
  /** The chain found a rule broken, however the block or header came in. */
  refused(hash: BlockHash, error: RuleError): void;
}

/** The chain of the node itself; only watched. */
export class WatchedChain extends Chain {
  readonly #watcher: ChainWatcher;

  constructor(parts: ChainParts, start: ChainStart, watcher: ChainWatcher) {
    super(parts, start);
    this.#watcher = watcher;
  }

  override takeBlock(
    block: Block,
    nowSeconds: number,
    answer: (verdict: BlockVerdict) => void,
    bytes?: Uint8Array,
  ): void {
    this.#watcher.arrived(block.hash);
    const watched = (verdict: BlockVerdict): void => {
      if (verdict.kind === "refused") this.#watcher.refused(block.hash, verdict.error);
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
    if (outcome.error !== undefined && failed !== undefined) this.#watcher.refused(blockHashOf(failed), outcome.error);
    return outcome;
  }
}
