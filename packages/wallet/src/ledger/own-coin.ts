import type { OutPoint, TxOutput } from "@forkyard/core/tx";
import type { OwnScript } from "../keys/key-ring.ts";

/** An output of the wallet, spent by no confirmed transaction. */
export interface OwnCoin {
  readonly outPoint: OutPoint;
  readonly output: TxOutput;
  readonly coinbase: boolean;
  /** Height of its block; undefined while unconfirmed. */
  readonly height: number | undefined;
  readonly owner: OwnScript;
}
