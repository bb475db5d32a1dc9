import { inputOf } from "@forkyard/consensus/testing/build-block";
import { keyCoinOutput, keySpends } from "@forkyard/consensus/testing/key-spends";
import { TestChain } from "@forkyard/consensus/testing/test-chain";
import { type Block, encodeBlock } from "@forkyard/core/block";
import { toHex } from "@forkyard/core/bytes/bytes";
import type { Txid } from "@forkyard/core/hash";
import { Transaction, type TxOutput } from "@forkyard/core/tx";
import type { BenchNode } from "./bench-node.ts";

/** A regtest chain made here, to be fed to a node: mature rewards first, then what a benchmark asks for. */
export class SpendingChain {
  readonly #chain = new TestChain();
  readonly #rewards: Txid[] = [];
  readonly #fed: Block[] = [];

  /** @param rewards how many transactions can be paid for by {@link coins} */
  constructor(rewards: number) {
    const blocks = this.#chain.grow(rewards + this.#chain.params.coinbaseMaturity);
    this.#fed.push(...blocks);
    this.#rewards.push(...blocks.slice(0, rewards).flatMap(({ txs }) => txs.slice(0, 1).map(({ txid }) => txid)));
  }

  /** Mines a block with one transaction that has these outputs. @returns its id */
  coins(outputs: readonly TxOutput[]): Txid {
    const reward = this.#rewards.shift();
    if (reward === undefined) throw new RangeError("no reward is left to make coins of");
    const tx = new Transaction({ version: 2, inputs: [inputOf(reward, 0)], outputs, lockTime: 0 });
    this.#fed.push(this.block([tx]));
    return tx.txid;
  }

  /** Coins of P2WPKH keys in one transaction, mined, and signed transactions that spend one each. */
  keySpends(count: number): Transaction[] {
    const txid = this.coins(Array.from({ length: count }, (_, n) => keyCoinOutput(n)));
    return keySpends(count, (n) => ({ txid, vout: n })).map(({ tx }) => tx);
  }

  /** Mines a block on the tip, which goes on being the tip here; it is for the caller to feed. */
  block(txs: readonly Transaction[]): Block {
    const block = this.#chain.build({ txs });
    this.#chain.connect(block);
    return block;
  }

  /** Feeds the blocks made so far that are not for measuring, in order. */
  async feed(node: BenchNode): Promise<void> {
    for (const block of this.#fed.splice(0)) await submitBlock(node, toHex(encodeBlock(block)));
  }
}

/** @throws Error when it is not taken */
export async function submitBlock(node: BenchNode, hex: string): Promise<void> {
  const refusal = await node.call<string | null>("submitblock", hex);
  if (refusal !== null) throw new Error(`the node refuses a block: ${refusal}`);
}
