import { MAX_SCRIPT_BYTES } from "./limits.ts";
import { OP_RETURN } from "./script/opcodes.ts";
import type { OutPoint, TxOutput } from "./tx.ts";

/** An output that is not spent. */
export interface Coin {
  readonly output: TxOutput;
  /** Height of the block that made it. */
  readonly height: number;
  readonly coinbase: boolean;
}

/** Where coins are looked up: the disk, a cache over it, or a set in memory. Reads are synchronous. */
export interface CoinReader {
  coin(outPoint: OutPoint): Coin | undefined;
}

export interface CoinChange {
  readonly outPoint: OutPoint;
  readonly coin: Coin;
}

/**
 * What a block does to the set of coins. Connecting takes `spent` out and puts `created` in; disconnecting does the
 * reverse. `spent` is in the order of the block's inputs and is also the block's undo data.
 * A coin made and spent within the block is in neither list.
 */
export interface BlockDelta {
  readonly spent: readonly CoinChange[];
  readonly created: readonly CoinChange[];
}

/** Scripts that can never be spent (OP_RETURN first, or too long to run) make no coin (Bitcoin Core `IsUnspendable`). */
export function isUnspendable(scriptPubKey: Uint8Array): boolean {
  return scriptPubKey[0] === OP_RETURN || scriptPubKey.length > MAX_SCRIPT_BYTES;
}
