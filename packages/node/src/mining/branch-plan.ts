import type { Ancestry } from "@forkyard/consensus/rules/accept-header";
import { checkTxInputs } from "@forkyard/consensus/rules/check-inputs";
import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta, Coin, CoinReader } from "@forkyard/core/coins";
import { assert, RuleError } from "@forkyard/core/errors";
import { MAX_BLOCK_WEIGHT } from "@forkyard/core/limits";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { type OutPoint, outPointKey, type Transaction } from "@forkyard/core/tx";
import { StagedCoins } from "../chain/staged-coins.ts";

/** A transaction and what it leaves to the miner. */
export interface PaidTransaction {
  readonly tx: Transaction;
  readonly fee: bigint;
}

/** Weight kept free for header and coinbase in every block of a branch. */
const RESERVED_WEIGHT = 8_000;

/** The coins as they were at `fork`: the coins of the tip with the undo data of the blocks above it applied. */
export function coinsAtFork(tipCoins: CoinReader, undoNewestFirst: readonly BlockDelta[]): StagedCoins {
  const coins = new StagedCoins(tipCoins);
  for (const undo of undoNewestFirst) coins.disconnect(undo);
  return coins;
}

/**
 * Spreads transactions over the blocks of a branch in the order given, a new block when one is full. Transactions whose
 * inputs are not there on this branch (they spend a block that was taken back, or a coin that an earlier one in the
 * list took) are left out.
 * @param mined blocks that the branch has already, oldest first
 */
export function planBranch(
  txs: readonly Transaction[],
  forkCoins: CoinReader,
  fork: ChainEntry,
  params: NetworkParams,
  mined: readonly Block[] = [],
): readonly (readonly PaidTransaction[])[] {
  const coins = new BranchCoins(forkCoins);
  mined.forEach((block, index) => {
    for (const [place, tx] of block.txs.entries()) coins.add(tx, fork.height + 1 + index, place === 0);
  });
  const blocks: PaidTransaction[][] = [];
  let current: PaidTransaction[] = [];
  let weight = RESERVED_WEIGHT;
  for (const tx of txs) {
    if (weight + tx.weight > MAX_BLOCK_WEIGHT) {
      blocks.push(current);
      current = [];
      weight = RESERVED_WEIGHT;
    }
    const height = fork.height + mined.length + blocks.length + 1;
    const fee = feeOnBranch(tx, coins, height, params);
    if (fee === undefined) continue;
    coins.add(tx, height, false);
    current.push({ tx, fee });
    weight += tx.weight;
  }
  blocks.push(current);
  return blocks;
}

function feeOnBranch(tx: Transaction, coins: BranchCoins, height: number, params: NetworkParams): bigint | undefined {
  try {
    return checkTxInputs(tx, (outPoint) => coins.coin(outPoint), height, params);
  } catch (error) {
    if (error instanceof RuleError) return undefined;
    throw error;
  }
}

/** Coins at the fork point plus what the branch's own transactions spend and create. */
class BranchCoins implements CoinReader {
  readonly #base: CoinReader;
  readonly #changes = new Map<string, Coin | undefined>();

  constructor(base: CoinReader) {
    this.#base = base;
  }

  coin(outPoint: OutPoint): Coin | undefined {
    const key = outPointKey(outPoint);
    return this.#changes.has(key) ? this.#changes.get(key) : this.#base.coin(outPoint);
  }

  add(tx: Transaction, height: number, coinbase: boolean): void {
    for (const input of tx.inputs) this.#changes.set(outPointKey(input.prevout), undefined);
    tx.outputs.forEach((output, vout) => {
      this.#changes.set(outPointKey({ txid: tx.txid, vout }), { output, height, coinbase });
    });
  }
}

/** Ancestors along a branch that the header tree does not know yet. */
export class BranchAncestry implements Ancestry {
  readonly #tree: Ancestry;
  readonly #fork: ChainEntry;
  readonly #branch: ChainEntry[] = [];

  constructor(tree: Ancestry, fork: ChainEntry) {
    this.#tree = tree;
    this.#fork = fork;
  }

  get tip(): ChainEntry {
    return this.#branch.at(-1) ?? this.#fork;
  }

  append(entry: ChainEntry): void {
    assert(entry.header.prevHash === this.tip.hash, "a branch grows at its tip");
    this.#branch.push(entry);
  }

  ancestor(entry: ChainEntry, height: number): ChainEntry {
    if (height <= this.#fork.height) {
      return this.#tree.ancestor(entry.height <= this.#fork.height ? entry : this.#fork, height);
    }
    const found = this.#branch[height - this.#fork.height - 1];
    assert(found !== undefined && height <= entry.height, `no ancestor at height ${height} on the branch`);
    return found;
  }
}
