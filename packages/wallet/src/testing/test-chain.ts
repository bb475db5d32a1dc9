/** Blocks and transactions for tests: well-formed enough for a wallet, with no proof of work. */
import type { Block } from "@forkyard/core/block";
import type { CoinChange } from "@forkyard/core/coins";
import type { Txid } from "@forkyard/core/hash";
import { type BlockHash, hash256, hashToString, ZERO_HASH } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import { NULL_VOUT, type OutPoint, Transaction, type TxOutput } from "@forkyard/core/tx";

export const regtest: NetworkParams = networkByName("regtest");

const FIRST_TIME_SECONDS = 1_700_000_000;

/** A coinbase; `tag` makes it unlike any other. */
export function coinbaseTx(tag: number, outputs: readonly TxOutput[]): Transaction {
  const scriptSig = new Uint8Array(8);
  new DataView(scriptSig.buffer).setUint32(0, tag);
  const prevout = { txid: ZERO_HASH as Txid, vout: NULL_VOUT };
  return new Transaction({
    version: 1,
    inputs: [{ prevout, scriptSig, sequence: 0, witness: [] }],
    outputs,
    lockTime: 0,
  });
}

/** A transaction of anybody, unsigned. */
export function plainTx(prevouts: readonly OutPoint[], outputs: readonly TxOutput[]): Transaction {
  const inputs = prevouts.map((prevout) => ({ prevout, scriptSig: new Uint8Array(0), sequence: 0, witness: [] }));
  return new Transaction({ version: 2, inputs, outputs, lockTime: 0 });
}

/** An outpoint that is nobody's coin here. */
export function foreignOutPoint(tag: number): OutPoint {
  const preimage = new Uint8Array(4);
  new DataView(preimage.buffer).setUint32(0, tag);
  return { txid: hashToString<Txid>(hash256(preimage)), vout: 0 };
}

export function blockOf(height: number, txs: readonly Transaction[]): Block {
  const hash = hashToString<BlockHash>(hash256(new TextEncoder().encode(txs.map((tx) => tx.txid).join())));
  return { hash, header: { ...regtest.genesis.header, time: FIRST_TIME_SECONDS + height }, txs };
}

/** A chain with its coins, which is what a node knows and a wallet is told of. */
export class TestChain {
  readonly #coins = new Map<string, CoinChange>();
  readonly #blocks: { block: Block; spent: readonly CoinChange[] }[] = [];

  get height(): number {
    return this.#blocks.length;
  }

  blocks(): readonly Block[] {
    return this.#blocks.map(({ block }) => block);
  }

  coins(): readonly CoinChange[] {
    return [...this.#coins.values()];
  }

  /** Puts a block on top. */
  connect(txs: readonly Transaction[]): Block {
    const height = this.height + 1;
    const block = blockOf(height, txs);
    const before = new Map(this.#coins);
    for (const tx of txs) {
      for (const { prevout } of tx.inputs) this.#coins.delete(key(prevout));
      tx.outputs.forEach((output, vout) => {
        const outPoint = { txid: tx.txid, vout };
        this.#coins.set(key(outPoint), { outPoint, coin: { output, height, coinbase: tx.isCoinbase } });
      });
    }
    const spent = [...before].filter(([name]) => !this.#coins.has(name)).map(([, change]) => change);
    this.#blocks.push({ block, spent });
    return block;
  }

  /** Takes the block on top away. */
  disconnect(): { block: Block; height: number; spent: readonly CoinChange[] } {
    const height = this.height;
    const { block, spent } = this.#blocks.pop() as { block: Block; spent: readonly CoinChange[] };
    for (const tx of block.txs) tx.outputs.forEach((_, vout) => this.#coins.delete(key({ txid: tx.txid, vout })));
    for (const change of spent) this.#coins.set(key(change.outPoint), change);
    return { block, height, spent };
  }
}

function key(outPoint: OutPoint): string {
  return `${outPoint.txid}:${outPoint.vout}`;
}
