/** A small hand-made chain for tests: no proof of work, but real bytes and hashes. */
import { type Block, encodeBlock } from "@forkyard/core/block";
import type { BlockStatus, ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta, Coin } from "@forkyard/core/coins";
import {
  type BlockHash,
  hash160,
  hashToBytes,
  hashToString,
  type MerkleRoot,
  type Txid,
  ZERO_HASH,
} from "@forkyard/core/hash";
import { blockHashOf } from "@forkyard/core/header";
import { merkleRoot } from "@forkyard/core/merkle";
import { networkByName } from "@forkyard/core/params/networks";
import { payToWitness } from "@forkyard/core/script/templates";
import { NULL_VOUT, type OutPoint, outPointKey, SEQUENCE_FINAL, Transaction, type TxOutput } from "@forkyard/core/tx";
import { COIN } from "@forkyard/core/units";

export const params = networkByName("regtest");
export const MINER_SCRIPT: Uint8Array = payToWitness(0, hash160(Uint8Array.of(1)));
export const PAYEE_SCRIPT: Uint8Array = payToWitness(0, hash160(Uint8Array.of(2)));

export function coinbaseTx(tag: string, value: bigint = 50n * COIN): Transaction {
  return new Transaction({
    version: 2,
    inputs: [
      {
        prevout: { txid: ZERO_HASH as Txid, vout: NULL_VOUT },
        scriptSig: new TextEncoder().encode(tag),
        sequence: SEQUENCE_FINAL,
        witness: [],
      },
    ],
    outputs: [{ value, scriptPubKey: MINER_SCRIPT }],
    lockTime: 0,
  });
}

export function spendingTx(prevout: OutPoint, outputs: readonly TxOutput[], sequence = 0xfffffffd): Transaction {
  const witness = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
  return new Transaction({
    version: 2,
    inputs: [{ prevout, scriptSig: new Uint8Array(), sequence, witness }],
    outputs,
    lockTime: 0,
  });
}

export function blockOn(parent: ChainEntry, txs: readonly Transaction[]): Block {
  const header = {
    version: 0x20000000,
    prevHash: parent.hash,
    merkleRoot: hashToString<MerkleRoot>(merkleRoot(txs.map((tx) => hashToBytes(tx.txid))).root),
    time: parent.header.time + 600,
    bits: parent.header.bits,
    nonce: 0,
  };
  return { hash: blockHashOf(header), header, txs };
}

/** Entries, bodies, undo data and coins, with an active branch. */
export class FakeChain {
  readonly entries = new Map<BlockHash, ChainEntry>();
  readonly bodies = new Map<BlockHash, Uint8Array>();
  readonly undos = new Map<BlockHash, BlockDelta>();
  readonly coins = new Map<string, Coin>();
  readonly active: ChainEntry[] = [];

  constructor() {
    const { genesis } = params;
    const entry: ChainEntry = {
      hash: genesis.hash,
      header: genesis.header,
      height: 0,
      chainWork: 2n,
      scheduleTime: 0,
      status: "connected",
      sequence: 1,
    };
    this.entries.set(entry.hash, entry);
    this.bodies.set(entry.hash, encodeBlock(genesis));
    this.active.push(entry);
  }

  get tip(): ChainEntry {
    return this.active.at(-1) as ChainEntry;
  }

  /** Adds a block anywhere; `body: false` leaves only the header. */
  add(parent: ChainEntry, block: Block, status: BlockStatus): ChainEntry {
    const entry: ChainEntry = {
      hash: block.hash,
      header: block.header,
      height: parent.height + 1,
      chainWork: parent.chainWork + 2n,
      scheduleTime: 0,
      status,
      sequence: this.entries.size + 1,
    };
    this.entries.set(entry.hash, entry);
    if (status !== "header") this.bodies.set(entry.hash, encodeBlock(block));
    return entry;
  }

  /** Adds a block on the tip and connects it. */
  connect(txs: readonly Transaction[]): ChainEntry {
    const block = blockOn(this.tip, txs);
    const entry = this.add(this.tip, block, "connected");
    const spent = [];
    const created = [];
    for (const tx of txs) {
      for (const { prevout } of tx.isCoinbase ? [] : tx.inputs) {
        const coin = this.coins.get(outPointKey(prevout));
        if (coin !== undefined) spent.push({ outPoint: prevout, coin });
        this.coins.delete(outPointKey(prevout));
      }
      for (const [vout, output] of tx.outputs.entries()) {
        const coin: Coin = { output, height: entry.height, coinbase: tx.isCoinbase };
        created.push({ outPoint: { txid: tx.txid, vout }, coin });
        this.coins.set(outPointKey({ txid: tx.txid, vout }), coin);
      }
    }
    this.undos.set(entry.hash, { spent, created });
    this.active.push(entry);
    return entry;
  }

  leaves(): ChainEntry[] {
    const parents = new Set([...this.entries.values()].map((entry) => entry.header.prevHash));
    return [...this.entries.values()].filter((entry) => !parents.has(entry.hash));
  }
}
