import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash } from "@forkyard/core/hash";
import { blockHashOf } from "@forkyard/core/header";
import type { Transaction } from "@forkyard/core/tx";
import type { BlockWishes } from "@forkyard/rpc/experiment-api";
import type { Chain } from "../chain/chain.ts";
import { FeatherFork, type MiningPolicySettings, withoutCensored } from "./mining-policy.ts";
import type { RuleVariant } from "./rule-variants.ts";

export type { BlockWishes };

/** Kept free for header and coinbase where a block may have only so many bytes. */
const RESERVED_BYTES = 500;

/** What a miner of an experiment does otherwise than others: keeps stricter rules, leaves transactions out, forks on purpose. */
export class MiningHabits {
  readonly #variant: () => RuleVariant | undefined;
  #policy: MiningPolicySettings = { censor: new Set(), featherBlocks: undefined };
  #feather: FeatherFork | undefined;

  /** @param variant the stricter rules that its own blocks keep, if any */
  constructor(variant: () => RuleVariant | undefined) {
    this.#variant = variant;
  }

  setPolicy(policy: MiningPolicySettings): void {
    this.#policy = policy;
    this.#feather = policy.featherBlocks === undefined ? undefined : new FeatherFork(policy);
  }

  /** The block to mine upon in place of the tip; undefined: the tip. */
  parent(chain: Chain): ChainEntry | undefined {
    return this.#feather?.parent(chain);
  }

  /** A block of our own became known to our chain. */
  mined(entry: ChainEntry, chain: Chain): void {
    if (!chain.isActive(entry)) this.#feather?.mined(entry);
  }

  /** Those of the mempool's choice that this miner takes in. */
  transactions<T extends { readonly tx: Transaction }>(selected: readonly T[]): readonly T[] {
    const { maxBlockBytes } = this.#variant() ?? {};
    const txs = withoutCensored(selected, this.#policy.censor);
    return maxBlockBytes === undefined ? txs : withinBytes(txs, maxBlockBytes - RESERVED_BYTES);
  }

  /** The header version in place of the node's own; undefined: that. */
  version(own: number): number | undefined {
    return this.#variant()?.version?.(own);
  }
}

/** The same block under another header version. */
export function withVersion(block: Block, version: number): Block {
  const header = { ...block.header, version };
  const hash: BlockHash = blockHashOf(header);
  return { hash, header, txs: block.txs };
}

/** The first ones that fit: what they spend comes before them. */
function withinBytes<T extends { readonly tx: Transaction }>(txs: readonly T[], maxBytes: number): readonly T[] {
  let bytes = 0;
  const end = txs.findIndex(({ tx }) => {
    bytes += tx.totalSize;
    return bytes > maxBytes;
  });
  return end === -1 ? txs : txs.slice(0, end);
}
