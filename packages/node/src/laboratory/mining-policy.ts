import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { Transaction } from "@forkyard/core/tx";
import type { Chain } from "../chain/chain.ts";

export interface MiningPolicySettings {
  readonly censor: ReadonlySet<Txid>;
  /** Blocks behind at which a feather fork is given up; undefined: blocks that others mine are accepted. */
  readonly featherBlocks: number | undefined;
}

/** Without the censored transactions and whatever spends their outputs; parents come before their children. */
export function withoutCensored<T extends { readonly tx: Transaction }>(
  txs: readonly T[],
  censor: ReadonlySet<Txid>,
): readonly T[] {
  const leftOut = new Set(censor);
  return txs.filter(({ tx }) => {
    const censored = leftOut.has(tx.txid) || tx.inputs.some(({ prevout }) => leftOut.has(prevout.txid));
    if (censored) leftOut.add(tx.txid);
    return !censored;
  });
}

/**
 * The feather fork: a miner who says that blocks with certain transactions will not be built upon, and gives in when
 * the others are too far ahead (A. Miller, 2013).
 */
export class FeatherFork {
  readonly #settings: MiningPolicySettings;
  /** Blocks that hold a censored transaction and were given in to. */
  readonly #tolerated = new Set<BlockHash>();
  #own: ChainEntry | undefined;

  constructor(settings: MiningPolicySettings) {
    this.#settings = settings;
  }

  /** The block to build upon in place of the tip; undefined: the tip. */
  parent(chain: Chain): ChainEntry | undefined {
    const offending = this.#offending(chain);
    if (offending === undefined) {
      this.#own = undefined;
      return undefined;
    }
    const { tree, tip } = chain;
    const before = tree.ancestor(offending, offending.height - 1);
    const own = this.#own !== undefined && tree.isAncestor(before, this.#own) ? this.#own : before;
    if (tip.height - own.height >= (this.#settings.featherBlocks ?? 0)) {
      this.#tolerated.add(offending.hash);
      this.#own = undefined;
      return this.parent(chain);
    }
    this.#own = own;
    return own;
  }

  /** A block of our own on the fork. */
  mined(entry: ChainEntry): void {
    this.#own = entry;
  }

  /** The lowest block of the last ones that holds a censored transaction. */
  #offending(chain: Chain): ChainEntry | undefined {
    const { censor, featherBlocks = 0 } = this.#settings;
    let found: ChainEntry | undefined;
    for (let height = chain.tip.height; height > Math.max(0, chain.tip.height - featherBlocks - 1); height--) {
      const entry = chain.activeAt(height);
      if (entry === undefined || this.#tolerated.has(entry.hash)) break;
      const block = chain.block(entry.hash);
      if (block?.txs.some(({ txid }) => censor.has(txid)) === true) found = entry;
    }
    return found;
  }
}
