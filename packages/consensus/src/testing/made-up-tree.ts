import type { ChainEntry } from "@forkyard/core/chain";
import { type BlockHash, type MerkleRoot, ZERO_HASH } from "@forkyard/core/hash";
import { HeaderTree } from "../fork-choice/header-tree.ts";

const UNIT_WORK = 10n;

/** A header tree without proof of work, its blocks named by short texts. */
export class MadeUpTree {
  readonly tree: HeaderTree;
  readonly #hashes = new Map<string, BlockHash>();
  #sequence = 1;

  constructor() {
    const genesis = this.#entry("genesis", ZERO_HASH as BlockHash, 0, UNIT_WORK);
    this.tree = new HeaderTree({ ...genesis, status: "connected", sequence: 1 });
  }

  /** Adds a header. */
  header(name: string, parentName: string, work: bigint = UNIT_WORK): ChainEntry {
    const parent = this.at(parentName);
    return this.tree.add(this.#entry(name, parent.hash, parent.height + 1, parent.chainWork + work));
  }

  /** The body of a known header arrives. */
  body(name: string): ChainEntry {
    this.#sequence += 1;
    return this.tree.update(this.hash(name), { status: "body", sequence: this.#sequence });
  }

  /** Adds a header and its body. */
  block(name: string, parentName: string, work: bigint = UNIT_WORK): ChainEntry {
    this.header(name, parentName, work);
    return this.body(name);
  }

  /** Adds blocks PREFIX1..PREFIXn above a block; gives the name of the last. */
  branch(prefix: string, parentName: string, blocks: number): string {
    let parent = parentName;
    for (let i = 1; i <= blocks; i++) {
      this.block(`${prefix}${i}`, parent);
      parent = `${prefix}${i}`;
    }
    return parent;
  }

  at(name: string): ChainEntry {
    return this.tree.get(this.hash(name)) as ChainEntry;
  }

  hash(name: string): BlockHash {
    const known = this.#hashes.get(name);
    if (known !== undefined) return known;
    const hash = (this.#hashes.size + 1).toString(16).padStart(64, "0") as BlockHash;
    this.#hashes.set(name, hash);
    return hash;
  }

  nameOf(entry: { readonly hash: BlockHash }): string {
    return [...this.#hashes].find(([, hash]) => hash === entry.hash)?.[0] ?? "?";
  }

  #entry(name: string, prevHash: BlockHash, height: number, chainWork: bigint): ChainEntry {
    const header = { version: 4, prevHash, merkleRoot: ZERO_HASH as MerkleRoot, time: height, bits: 0, nonce: 0 };
    return { hash: this.hash(name), header, height, chainWork, scheduleTime: 0, status: "header", sequence: 0 };
  }
}
