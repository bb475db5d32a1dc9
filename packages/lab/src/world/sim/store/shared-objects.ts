import type { BlockDelta, Coin } from "@forkyard/core/coins";
import type { BlockHash } from "@forkyard/core/hash";
import { type OutPoint, outPointKey } from "@forkyard/core/tx";

/**
 * Values that all nodes of a world would keep a copy of each. Every node works its own out; what it then keeps is the
 * first that came, so that a thousand chains take little more memory than one.
 */
export class SharedObjects {
  readonly #keys = new Map<string, string>();
  readonly #coins = new Map<string, Coin>();
  readonly #deltas = new Map<BlockHash, BlockDelta>();

  key(outPoint: OutPoint): string {
    const key = outPointKey(outPoint);
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    this.#keys.set(key, key);
    return key;
  }

  /** @param key of the coin's outpoint, which fixes its output */
  coin(key: string, coin: Coin): Coin {
    const known = this.#coins.get(key);
    if (known === undefined) this.#coins.set(key, coin);
    else if (isSameCoin(known, coin)) return known;
    return coin;
  }

  /** What a block does to the coins follows from the block and its ancestors, which its hash names. */
  delta(hash: BlockHash, delta: BlockDelta): BlockDelta {
    const known = this.#deltas.get(hash);
    if (known === undefined) this.#deltas.set(hash, delta);
    else if (isSameDelta(known, delta)) return known;
    return delta;
  }
}

function isSameCoin(a: Coin, b: Coin): boolean {
  return a.height === b.height && a.coinbase === b.coinbase && a.output.value === b.output.value;
}

/** A node whose coins went wrong keeps its own undo data: sharing must not mend what is to be found. */
function isSameDelta(a: BlockDelta, b: BlockDelta): boolean {
  return isSameList(a.spent, b.spent) && isSameList(a.created, b.created);
}

function isSameList(a: BlockDelta["spent"], b: BlockDelta["spent"]): boolean {
  return (
    a.length === b.length &&
    a.every(({ outPoint, coin }, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        outPoint.vout === other.outPoint.vout &&
        outPoint.txid === other.outPoint.txid &&
        isSameCoin(coin, other.coin)
      );
    })
  );
}
