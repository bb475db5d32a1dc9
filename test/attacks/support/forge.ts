import { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { genesisEntry } from "@forkyard/consensus/rules/genesis-entry";
import { scheduleTimeAfter } from "@forkyard/consensus/rules/retarget/asert";
import { nextBits } from "@forkyard/consensus/rules/retarget/next-bits";
import { subsidyAt } from "@forkyard/consensus/rules/subsidy";
import { workOfBits } from "@forkyard/consensus/rules/target";
import { coinbaseFor, merkleRootOf, mine, withCommitment } from "@forkyard/consensus/testing/build-block";
import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import { assert } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Transaction } from "@forkyard/core/tx";

const BLOCK_VERSION = 0x20000000;

/** What is to be different about a block; whatever is left out is as an honest miner does it. */
export interface BlockPlan {
  /** Behind the coinbase. */
  readonly txs?: readonly Transaction[];
  /** Made from the ordinary coinbase, before the commitment to witnesses is put in. */
  readonly coinbase?: (ordinary: Transaction) => Transaction;
  /** Satoshis that the ordinary coinbase pays instead of the subsidy. */
  readonly pays?: bigint;
  /** Made from the whole list, commitment included; the header is then for this list. */
  readonly list?: (txs: readonly Transaction[]) => readonly Transaction[];
  readonly header?: Partial<BlockHeader>;
  /** `met` by its own bits (as it should be), `missed`, or nonce 0 whatever comes of it. */
  readonly work?: "met" | "missed" | "untried";
}

/**
 * Makes blocks on any block made before, valid or not: it knows heights, times and work, but no rules. Real proof of
 * work, no two blocks alike.
 */
export class Forge {
  readonly params: NetworkParams;
  readonly tree: HeaderTree;
  readonly blocks: Map<BlockHash, Block>;
  #tag = 0;

  constructor(params: NetworkParams) {
    this.params = params;
    this.tree = new HeaderTree(genesisEntry(params));
    this.blocks = new Map([[params.genesis.hash, params.genesis]]);
  }

  build(parent: BlockHash, plan: BlockPlan = {}): Block {
    const above = this.entry(parent);
    const txs = this.#transactions(above, plan);
    const time = plan.header?.time ?? above.header.time + this.params.spacingSeconds;
    const header: BlockHeader = {
      version: BLOCK_VERSION,
      prevHash: parent,
      merkleRoot: merkleRootOf(txs),
      time,
      bits: nextBits(above, time, this.tree, this.params),
      nonce: 0,
      ...plan.header,
    };
    const { work = "met" } = plan;
    const block = work === "untried" ? { hash: blockHashOf(header), header, txs } : mine(header, txs, work === "met");
    this.#note(block, above);
    return block;
  }

  entry(hash: BlockHash): ChainEntry {
    const entry = this.tree.get(hash);
    assert(entry !== undefined, `the forge made no block ${hash}`);
    return entry;
  }

  block(hash: BlockHash): Block {
    const block = this.blocks.get(hash);
    assert(block !== undefined, `the forge made no block ${hash}`);
    return block;
  }

  /** The blocks from the child of genesis to this one. */
  path(hash: BlockHash): readonly Block[] {
    const tip = this.entry(hash);
    return Array.from({ length: tip.height }, (_, i) => this.block(this.tree.ancestor(tip, i + 1).hash));
  }

  #transactions(above: ChainEntry, plan: BlockPlan): readonly Transaction[] {
    const body = plan.txs ?? [];
    this.#tag += 1;
    const ordinary = coinbaseFor(above.height + 1, plan.pays ?? subsidyAt(above.height + 1, this.params), this.#tag);
    const coinbase = plan.coinbase?.(ordinary) ?? ordinary;
    const committed = body.some((tx) => tx.hasWitness) ? withCommitment(coinbase, body) : coinbase;
    const txs = [committed, ...body];
    return plan.list?.(txs) ?? txs;
  }

  #note(block: Block, above: ChainEntry): void {
    this.blocks.set(block.hash, block);
    this.tree.add({
      hash: block.hash,
      header: block.header,
      height: above.height + 1,
      chainWork: above.chainWork + workOfBits(block.header.bits),
      scheduleTime: scheduleTimeAfter(above, block.header, this.params),
      status: "header",
      sequence: 0,
    });
  }
}
