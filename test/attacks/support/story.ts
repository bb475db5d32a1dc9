import type { Block } from "@forkyard/core/block";
import { encodeBlock } from "@forkyard/core/block";
import { assert, type ErrorData } from "@forkyard/core/errors";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { BlockHeader } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import type { OutPoint, Transaction, TxOutput } from "@forkyard/core/tx";
import { type BlockPlan, Forge } from "./forge.ts";

/** What is to become of a block that a node gets. */
type Expectation =
  /** It is the tip. */
  | { readonly kind: "accepted" }
  /** Stored, but another branch has as much work. */
  | { readonly kind: "side" }
  /** It breaks this rule, and its hash is never looked at again. */
  | { readonly kind: "rejected"; readonly code: string; readonly data: ErrorData }
  /** Its header breaks this rule: nothing is kept of it. */
  | { readonly kind: "header"; readonly code: string }
  /** This copy of it breaks this rule; another copy under the same header may be good. */
  | { readonly kind: "mutated"; readonly code: string }
  /** These bytes are no block. */
  | { readonly kind: "undecodable" };

/** The blocks that a node gets one after the other, and what is to become of each. */
export interface Step {
  readonly name: string;
  readonly block: Block;
  readonly bytes: Uint8Array;
  readonly expected: Expectation;
  /** Name of the tip afterwards. */
  readonly tip: BlockHash;
}

/** An output that is there to be spent. */
export interface Output extends TxOutput {
  readonly outPoint: OutPoint;
}

/** Output `vout` of a transaction. */
export function outputOf(tx: Transaction, vout = 0): Output {
  const output = tx.outputs[vout];
  assert(output !== undefined, `there is no output ${vout}`);
  return { ...output, outPoint: { txid: tx.txid, vout } };
}

/** Regtest, but a coinbase may be spent after two blocks: stories need no hundred blocks of preparation. */
const STORY_PARAMS: NetworkParams = { ...networkByName("regtest"), coinbaseMaturity: 2 };

/**
 * A story of blocks: says block by block what is made and what becomes of it. Telling it only builds the blocks; it is
 * then played to nodes in every way in which blocks arrive (see play.ts).
 */
export class Story {
  readonly params: NetworkParams;
  readonly forge: Forge;
  readonly steps: Step[] = [];
  /** Outpoints that must be coins, or must not be, at the end. */
  readonly coinsAtEnd: { readonly outPoint: OutPoint; readonly there: boolean }[] = [];
  readonly #names = new Map<string, Block>();
  readonly #ripening: Output[] = [];
  #tip: BlockHash;
  #counter = 0;

  constructor(change: Partial<NetworkParams> = {}) {
    this.params = { ...STORY_PARAMS, ...change };
    this.forge = new Forge(this.params);
    this.#tip = this.params.genesis.hash;
    this.#names.set("genesis", this.params.genesis);
  }

  get tip(): BlockHash {
    return this.#tip;
  }

  get tipHeight(): number {
    return this.forge.entry(this.#tip).height;
  }

  /** Puts ordinary blocks on the tip, whose coinbases {@link coin} then gives. */
  grow(count: number, header: (height: number) => Partial<BlockHeader> = () => ({})): this {
    for (let i = 0; i < count; i++) {
      const block = this.block()
        .header(header(this.tipHeight + 1))
        .accepted();
      this.#ripening.push(outputOf(block.txs[0] as Transaction));
    }
    return this;
  }

  /** The oldest coinbase that no call before has given; grow far enough first. */
  coin(): Output {
    const coin = this.#ripening.shift();
    assert(coin !== undefined, "no coinbase is left: grow more");
    return coin;
  }

  /** A new block on the tip, to be said more about. */
  block(name: string = `block ${++this.#counter}`): Draft {
    return new Draft(this, name);
  }

  /** The block of this name once more, or a changed copy of it. */
  copy(name: string, change: (block: Block) => Block = (block) => block): Delivery {
    const copy = change(this.named(name));
    return new Delivery(this, name, copy, encodeBlock(copy));
  }

  /** The block of this name in other bytes. */
  bytes(name: string, change: (bytes: Uint8Array) => Uint8Array): Delivery {
    const block = this.named(name);
    return new Delivery(this, name, block, change(encodeBlock(block)));
  }

  named(name: string): Block {
    const block = this.#names.get(name);
    assert(block !== undefined, `the story has no block ${name}`);
    return block;
  }

  /** At the end these outputs are unspent, and those are not. */
  coins(expected: { readonly has?: readonly OutPoint[]; readonly lacks?: readonly OutPoint[] }): this {
    for (const outPoint of expected.has ?? []) this.coinsAtEnd.push({ outPoint, there: true });
    for (const outPoint of expected.lacks ?? []) this.coinsAtEnd.push({ outPoint, there: false });
    return this;
  }

  name(name: string, block: Block): void {
    assert(!this.#names.has(name), `two blocks of the story are called ${name}`);
    this.#names.set(name, block);
  }

  add(step: Omit<Step, "tip">): void {
    if (step.expected.kind === "accepted") this.#tip = step.block.hash;
    this.steps.push({ ...step, tip: this.#tip });
  }
}

/** A block that reaches the node; what is left to say is what becomes of it. */
class Delivery {
  readonly #story: Story;
  readonly #name: string;
  readonly #block: Block;
  readonly #bytes: Uint8Array;

  constructor(story: Story, name: string, block: Block, bytes: Uint8Array) {
    this.#story = story;
    this.#name = name;
    this.#block = block;
    this.#bytes = bytes;
  }

  accepted(): Block {
    return this.#add({ kind: "accepted" });
  }

  side(): Block {
    return this.#add({ kind: "side" });
  }

  /** @param data what the error must say beside its code */
  rejected(code: string, data: ErrorData = {}): Block {
    return this.#add({ kind: "rejected", code, data });
  }

  /** A script fails, with this error. */
  failsScript(error: string): Block {
    return this.rejected("mandatory-script-verify-flag-failed", { error });
  }

  headerRejected(code: string): Block {
    return this.#add({ kind: "header", code });
  }

  mutated(code: string): Block {
    return this.#add({ kind: "mutated", code });
  }

  undecodable(): Block {
    return this.#add({ kind: "undecodable" });
  }

  #add(expected: Expectation): Block {
    this.#story.add({ name: this.#name, block: this.#block, bytes: this.#bytes, expected });
    return this.#block;
  }
}

/** A block that is being thought up. Ends with what becomes of it, or with {@link prepared}. */
class Draft {
  readonly #story: Story;
  readonly #name: string;
  #parent: BlockHash | undefined;
  #plan: BlockPlan = {};

  constructor(story: Story, name: string) {
    this.#story = story;
    this.#name = name;
  }

  /** Not on the tip, but on the block of this name. */
  on(parentName: string): this {
    this.#parent = this.#story.named(parentName).hash;
    return this;
  }

  with(...txs: readonly Transaction[]): this {
    return this.#change({ txs: [...(this.#plan.txs ?? []), ...txs] });
  }

  /** Satoshis that the coinbase takes. */
  pays(satoshis: bigint): this {
    return this.#change({ pays: satoshis });
  }

  coinbase(change: NonNullable<BlockPlan["coinbase"]>): this {
    return this.#change({ coinbase: change });
  }

  list(change: NonNullable<BlockPlan["list"]>): this {
    return this.#change({ list: change });
  }

  header(header: Partial<BlockHeader>): this {
    return this.#change({ header: { ...this.#plan.header, ...header } });
  }

  work(work: NonNullable<BlockPlan["work"]>): this {
    return this.#change({ work });
  }

  accepted(): Block {
    return this.#deliver().accepted();
  }

  side(): Block {
    return this.#deliver().side();
  }

  rejected(code: string, data: ErrorData = {}): Block {
    return this.#deliver().rejected(code, data);
  }

  failsScript(error: string): Block {
    return this.#deliver().failsScript(error);
  }

  headerRejected(code: string): Block {
    return this.#deliver().headerRejected(code);
  }

  mutated(code: string): Block {
    return this.#deliver().mutated(code);
  }

  /** Made, but kept back: `story.copy(name)` delivers it. */
  prepared(): Block {
    const block = this.#story.forge.build(this.#parent ?? this.#story.tip, this.#plan);
    this.#story.name(this.#name, block);
    return block;
  }

  #deliver(): Delivery {
    const block = this.prepared();
    return new Delivery(this.#story, this.#name, block, encodeBlock(block));
  }

  #change(change: Partial<BlockPlan>): this {
    this.#plan = { ...this.#plan, ...change };
    return this;
  }
}

/** A coinbase's txid, for outpoints. */
export function coinbaseOf(block: Block): Txid {
  return (block.txs[0] as Transaction).txid;
}
