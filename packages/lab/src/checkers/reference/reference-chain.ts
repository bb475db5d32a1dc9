import { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import { genesisEntry } from "@forkyard/consensus/rules/genesis-entry";
import type { Block } from "@forkyard/core/block";
import { RuleError } from "@forkyard/core/errors";
import { type BlockHash, hash256, hashToString, type Wtxid } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { type AccountRules, accountsAfter } from "./block-accounts.ts";
import type { ReferenceBlock, ValidBlock } from "./reference-block.ts";

const TWO_TO_256 = 1n << 256n;
const HASH_BYTES = 32;

/**
 * A second opinion on blocks: plain, slow, without stages, caches, undo data or an order of arrival. Every valid block
 * has its whole set of coins. Only the rules of headers are the product's own, which public vectors judge.
 */
export class ReferenceChain {
  readonly #params: NetworkParams;
  readonly #rules: AccountRules;
  readonly #headers: HeaderTree;
  readonly #bodies = new Map<BlockHash, Block[]>();
  readonly #judged = new Map<BlockHash, ReferenceBlock>();
  readonly #signed = new Set<Wtxid>();

  /** @param beginning blocks that every node begins with, oldest first: what they hold counts as signed */
  constructor(params: NetworkParams, beginning: readonly Block[]) {
    this.#params = params;
    this.#rules = { params, isSigned: (wtxid) => this.#signed.has(wtxid) };
    const entry = genesisEntry(params);
    this.#headers = new HeaderTree(entry);
    const block: Block = { hash: entry.hash, header: entry.header, txs: params.genesis.txs };
    const empty = { coins: new Map(), claimed: 0n, burnt: 0n };
    this.#judged.set(entry.hash, {
      ...empty,
      valid: true,
      block,
      entry,
      parent: undefined,
      work: workOf(entry.header.bits),
    });
    for (const each of beginning) {
      for (const { wtxid } of each.txs) this.#signed.add(wtxid);
      this.add(each);
    }
  }

  /** A wallet has signed this transaction. */
  signed(wtxid: Wtxid): void {
    this.#signed.add(wtxid);
  }

  /** Takes a block with its body, in any order; the same header may come with other bodies. */
  add(block: Block): void {
    const known = this.#bodies.get(block.hash);
    if (known === undefined) this.#bodies.set(block.hash, [block]);
    else if (!known.includes(block)) known.push(block);
    else return;
    // Another body can make a block valid after all, and with it what stands on it.
    if (this.#judged.get(block.hash)?.valid === false) this.#forgetInvalid();
  }

  knows(hash: BlockHash): boolean {
    return this.#bodies.has(hash);
  }

  /** The verdict on a block; undefined while its body or that of an ancestor is unknown. */
  judge(hash: BlockHash): ReferenceBlock | undefined {
    const waiting: BlockHash[] = [];
    let at = hash;
    for (; !this.#judged.has(at); ) {
      const [body] = this.#bodies.get(at) ?? [];
      if (body === undefined) return undefined;
      waiting.push(at);
      at = body.header.prevHash;
    }
    for (const next of waiting.reverse()) this.#judged.set(next, this.#judgeOn(next));
    return this.#judged.get(hash);
  }

  /** Blocks known by body, in no particular order of meaning. */
  bodies(): Iterable<readonly Block[]> {
    return this.#bodies.values();
  }

  #judgeOn(hash: BlockHash): ReferenceBlock {
    const bodies = this.#bodies.get(hash) ?? [];
    let why = "nobody knows its body";
    for (const block of bodies) {
      const parent = this.#judged.get(block.header.prevHash);
      if (parent?.valid !== true) return { valid: false, why: "its parent is invalid" };
      const verdict = this.#judgeBody(block, parent);
      if (typeof verdict !== "string") return verdict;
      why = verdict;
    }
    return { valid: false, why };
  }

  #judgeBody(block: Block, parent: ValidBlock): ValidBlock | string {
    const headerFault = this.#enterHeader(block);
    if (headerFault !== undefined) return headerFault;
    const entry = this.#headers.get(block.hash);
    if (entry === undefined) return "its header has no place";
    if (naiveMerkleRoot(block) !== block.header.merkleRoot) return "the merkle root is another";
    if (new Set(block.txs.map(({ txid }) => txid)).size < block.txs.length) return "a transaction is there twice";
    const accounts = accountsAfter(block, parent, this.#rules);
    if (typeof accounts === "string") return accounts;
    return { ...accounts, valid: true, block, entry, parent, work: parent.work + workOf(block.header.bits) };
  }

  #enterHeader({ header, hash }: Block): string | undefined {
    if (this.#headers.has(hash)) return undefined;
    const parent = this.#headers.get(header.prevHash);
    if (parent === undefined) return "its parent has no place";
    try {
      this.#headers.add(acceptHeader(header, hash, parent, this.#headers, this.#params, Number.POSITIVE_INFINITY));
      return undefined;
    } catch (error) {
      if (error instanceof RuleError) return error.code;
      throw error;
    }
  }

  #forgetInvalid(): void {
    for (const [hash, { valid }] of this.#judged) if (!valid) this.#judged.delete(hash);
  }
}

/** Expected hashes of a block, from its compact target. */
function workOf(bits: number): bigint {
  const exponent = bits >>> 24;
  const mantissa = BigInt(bits & 0x7fffff);
  const target = exponent > 3 ? mantissa << BigInt(8 * (exponent - 3)) : mantissa >> BigInt(8 * (3 - exponent));
  return TWO_TO_256 / (target + 1n);
}

function naiveMerkleRoot({ txs }: Block): string {
  let row = txs.map(({ txidBytes }) => txidBytes);
  while (row.length > 1) {
    const pairs: Uint8Array[] = [];
    for (let at = 0; at < row.length; at += 2) {
      const pair = new Uint8Array(2 * HASH_BYTES);
      pair.set(row[at] as Uint8Array, 0);
      pair.set(row[at + 1] ?? (row[at] as Uint8Array), HASH_BYTES);
      pairs.push(hash256(pair));
    }
    row = pairs;
  }
  const [root] = row;
  return root === undefined ? "" : hashToString(root);
}
