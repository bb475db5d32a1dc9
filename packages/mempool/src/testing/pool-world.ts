import { coinbaseFor, withCommitment } from "@forkyard/consensus/testing/build-block";
import { TestChain } from "@forkyard/consensus/testing/test-chain";
import type { Block } from "@forkyard/core/block";
import type { Txid } from "@forkyard/core/hash";
import { networkByName } from "@forkyard/core/params/networks";
import { payToWitness } from "@forkyard/core/script/templates";
import { SEQUENCE_FINAL, Transaction, type TxInput, type TxOutput } from "@forkyard/core/tx";
import { type MempoolContext, mempoolContext } from "../context.ts";
import type { MempoolLimits } from "../limits.ts";
import { Mempool } from "../mempool.ts";
import type { VerifyScript } from "../policy/scripts.ts";

/** An output that a test may spend. */
export interface Purse {
  readonly txid: Txid;
  readonly vout: number;
  readonly value: bigint;
}

export interface PaymentOptions {
  readonly fee?: bigint;
  /** Outputs of equal value; 1 when absent. */
  readonly outputs?: number;
  readonly sequence?: number;
  readonly lockTime?: number;
  readonly version?: number;
  /** Bytes of witness in each input: makes the transaction as heavy as wanted. */
  readonly witnessBytes?: number;
  /** Makes otherwise equal transactions differ. */
  readonly salt?: number;
}

export const MATURITY = 5;
export const START_MS = 1_700_000_000_000;
const PARAMS = { ...networkByName("regtest"), coinbaseMaturity: MATURITY };
const WITNESS_ITEM_BYTES = 72;

/** P2WPKH to a made-up key. */
export function standardScript(salt = 0): Uint8Array {
  return payToWitness(0, new Uint8Array(20).fill(salt & 0xff));
}

/** A standard transaction from purses to equal outputs. */
export function spend(from: readonly Purse[], options: PaymentOptions = {}): Transaction {
  const count = options.outputs ?? 1;
  const total = from.reduce((sum, { value }) => sum + value, 0n) - (options.fee ?? 1_000n);
  const value = total / BigInt(count);
  const salt = options.salt ?? 0;
  return new Transaction({
    version: options.version ?? 2,
    lockTime: options.lockTime ?? 0,
    inputs: from.map((purse) => inputFrom(purse, options)),
    outputs: Array.from({ length: count }, (_, i) => ({
      // What does not divide goes to the first output, so that the fee is exact.
      value: i === 0 ? total - value * BigInt(count - 1) : value,
      scriptPubKey: standardScript(salt),
    })),
  });
}

function inputFrom({ txid, vout }: Purse, options: PaymentOptions): TxInput {
  return {
    prevout: { txid, vout },
    scriptSig: new Uint8Array(0),
    sequence: options.sequence ?? SEQUENCE_FINAL,
    witness: [new Uint8Array(options.witnessBytes ?? WITNESS_ITEM_BYTES), new Uint8Array(33)],
  };
}

/** The outputs of a transaction as purses. */
export function purses(tx: Transaction): Purse[] {
  return tx.outputs.map(({ value }, vout) => ({ txid: tx.txid, vout, value }));
}

/** A chain through all consensus rules but scripts, a mempool on it, and a clock. */
export class PoolWorld {
  readonly chain: TestChain = new TestChain(PARAMS);
  readonly pool: Mempool;
  nowMs: number = START_MS;
  #tag = 0;

  constructor(limits: Partial<MempoolLimits> = {}, verify: VerifyScript = () => {}) {
    this.pool = new Mempool({ params: PARAMS, coins: this.chain.coins, verify, limits });
  }

  context(sender?: string): MempoolContext {
    return mempoolContext(this.chain.tip, this.chain.tree, this.nowMs, sender);
  }

  /** Mines a block on the tip and tells nobody. Its coinbase pays to a standard script. */
  mineQuietly(txs: readonly Transaction[] = []): Block {
    const height = this.chain.tip.height + 1;
    this.#tag++;
    const outputs: TxOutput[] = [
      { value: 5_000_000_000n >> BigInt(Math.floor(height / 150)), scriptPubKey: standardScript() },
    ];
    const plain = coinbaseFor(height, 0n, this.#tag, { outputs });
    const header = { time: this.chain.tip.header.time + 60 };
    const block = this.chain.build(
      txs.some((tx) => tx.hasWitness)
        ? { coinbase: withCommitment(plain, txs), txs, header }
        : { coinbase: plain, txs, header },
    );
    this.chain.connect(block);
    return block;
  }

  /** Mines a block and tells the mempool. */
  mine(txs: readonly Transaction[] = []): Block {
    const block = this.mineQuietly(txs);
    this.pool.connected(block, this.context());
    return block;
  }

  /** Mines until `count` coinbases are mature; gives what they pay. */
  fund(count: number): Purse[] {
    const blocks = Array.from({ length: count }, () => this.mine());
    for (let i = 0; i < MATURITY; i++) this.mine();
    return blocks.flatMap(({ txs }) => txs.slice(0, 1).flatMap((coinbase) => purses(coinbase).slice(0, 1)));
  }
}
