import type { Block } from "@forkyard/core/block";
import { type Coin, isUnspendable } from "@forkyard/core/coins";
import type { Wtxid } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { outPointKey, type Transaction } from "@forkyard/core/tx";
import { MAX_MONEY } from "@forkyard/core/units";
import type { Accounts, ValidBlock } from "./reference-block.ts";

const OP_TRUE = 0x51;
/** Subsidy of the first blocks, satoshis. */
const FIRST_SUBSIDY = 5_000_000_000n;

export interface AccountRules {
  readonly params: NetworkParams;
  /** Wallets alone have keys: what none of them signed has no valid signature. */
  readonly isSigned: (wtxid: Wtxid) => boolean;
}

/** A ledger that is written anew for each block, with a line for every coin: slow and plain. */
class Ledger {
  readonly coins: Map<string, Coin>;
  fees = 0n;
  burnt = 0n;
  readonly #height: number;
  readonly #maturity: number;

  constructor(before: ReadonlyMap<string, Coin>, height: number, maturity: number) {
    this.coins = new Map(before);
    this.#height = height;
    this.#maturity = maturity;
  }

  /** @returns why the transaction cannot be, or undefined when it is written down */
  spend(tx: Transaction, signed: boolean): string | undefined {
    let paid = 0n;
    for (const { prevout } of tx.inputs) {
      const key = outPointKey(prevout);
      const coin = this.coins.get(key);
      if (coin === undefined) return `${key} is not there to be spent`;
      if (coin.coinbase && this.#height - coin.height < this.#maturity) return `${key} is a reward too young`;
      if (!signed && !isAnybodys(coin)) return `${tx.txid} is signed by nobody`;
      this.coins.delete(key);
      paid += coin.output.value;
    }
    const spent = sumOf(tx);
    if (spent > paid) return `${tx.txid} spends ${spent} of ${paid}`;
    this.fees += paid - spent;
    this.make(tx);
    return undefined;
  }

  make(tx: Transaction): void {
    for (const [vout, output] of tx.outputs.entries()) {
      if (isUnspendable(output.scriptPubKey)) this.burnt += output.value;
      else {
        this.coins.set(`${tx.txid}:${vout}`, { output, height: this.#height, coinbase: tx.isCoinbase });
      }
    }
  }
}

/** What a block does to the money on its parent, or the rule that it breaks. */
export function accountsAfter(block: Block, parent: ValidBlock, rules: AccountRules): Accounts | string {
  const height = parent.entry.height + 1;
  const [coinbase, ...others] = block.txs;
  if (coinbase?.isCoinbase !== true) return "the first transaction is no coinbase";
  const ledger = new Ledger(parent.coins, height, rules.params.coinbaseMaturity);
  for (const tx of others) {
    if (tx.isCoinbase) return "a second coinbase";
    if (tx.outputs.some(({ value }) => value < 0n || value > MAX_MONEY))
      return `${tx.txid} has an amount that cannot be`;
    const fault = ledger.spend(tx, rules.isSigned(tx.wtxid));
    if (fault !== undefined) return fault;
  }
  ledger.make(coinbase);
  const subsidy = FIRST_SUBSIDY >> BigInt(Math.floor(height / rules.params.subsidyHalvingBlocks));
  const claimed = sumOf(coinbase) - ledger.fees;
  if (claimed > subsidy) return `the coinbase takes ${claimed - subsidy} too much`;
  return { coins: ledger.coins, claimed: parent.claimed + claimed, burnt: parent.burnt + ledger.burnt };
}

/** OP_TRUE, which the bootstrap mines to. */
function isAnybodys({ output: { scriptPubKey } }: Coin): boolean {
  return scriptPubKey.length === 1 && scriptPubKey[0] === OP_TRUE;
}

function sumOf(tx: Transaction): bigint {
  return tx.outputs.reduce((sum, { value }) => sum + value, 0n);
}
