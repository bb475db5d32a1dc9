import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta } from "@forkyard/core/coins";
import type { BlockHash } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import { selectCurve } from "../curve/select-curve.ts";
import { HeaderTree } from "../fork-choice/header-tree.ts";
import { acceptBlock } from "../rules/accept-block.ts";
import { acceptHeader } from "../rules/accept-header.ts";
import { checkBlock } from "../rules/check-block.ts";
import { type ConnectedBlock, connectBlock } from "../rules/connect-block.ts";
import { disconnectDelta } from "../rules/disconnect-block.ts";
import { genesisEntry } from "../rules/genesis-entry.ts";
import type { AcceptedBlock } from "../rules/stages.ts";
import { type BlockOptions, buildBlock } from "./build-block.ts";
import { MemoryCoins } from "./memory-coins.ts";

const curve = selectCurve();

/** One chain in memory, through all rules but the scripts, with coins and undo data. For tests. */
export class TestChain {
  readonly params: NetworkParams;
  readonly tree: HeaderTree;
  readonly coins: MemoryCoins = new MemoryCoins();
  readonly #undo = new Map<BlockHash, BlockDelta>();
  #tip: ChainEntry;
  #sequence: number;

  constructor(params: NetworkParams = networkByName("regtest")) {
    this.params = params;
    this.#tip = genesisEntry(params);
    this.#sequence = this.#tip.sequence;
    this.tree = new HeaderTree(this.#tip);
  }

  get tip(): ChainEntry {
    return this.#tip;
  }

  /** A mined child of the tip, checked by nobody yet. */
  build(options: BlockOptions = {}): Block {
    return buildBlock(this.#tip, this.params, options);
  }

  /** Header and body, without coins; the entry is then in the tree with its body. @throws RuleError */
  accept(block: Block): AcceptedBlock {
    const parent = this.#parentOf(block);
    const now = block.header.time;
    const entry = acceptHeader(block.header, block.hash, parent, this.tree, this.params, now);
    const accepted = acceptBlock(checkBlock(block, this.params, curve), entry, parent, this.tree, this.params);
    this.tree.add(entry);
    this.#sequence += 1;
    this.tree.update(entry.hash, { status: "body", sequence: this.#sequence });
    return accepted;
  }

  /** Accepts a child of the tip and puts it on the tip. @throws RuleError */
  connect(block: Block): ConnectedBlock {
    const accepted = this.accept(block);
    const connected = connectBlock(accepted, this.#tip, this.coins, this.tree, this.params);
    this.coins.apply(connected.delta);
    this.#undo.set(block.hash, connected.delta);
    this.#tip = this.tree.update(block.hash, { status: "connected" });
    return connected;
  }

  /** Takes the tip back. */
  disconnect(): void {
    this.coins.apply(disconnectDelta(this.#undo.get(this.#tip.hash) as BlockDelta));
    this.#tip = this.tree.get(this.#tip.header.prevHash) as ChainEntry;
  }

  /** Mines and connects blocks with nothing but a coinbase. */
  grow(blocks: number): Block[] {
    return Array.from({ length: blocks }, () => {
      const block = this.build();
      this.connect(block);
      return block;
    });
  }

  #parentOf(block: Block): ChainEntry {
    const parent = this.tree.get(block.header.prevHash);
    if (parent === undefined) throw new RangeError("the test chain has no such parent");
    return parent;
  }
}
