import { concatBytes, equalBytes } from "./bytes/bytes.ts";
import { ByteReader } from "./bytes/reader.ts";
import { ByteWriter } from "./bytes/writer.ts";
import { DecodeError } from "./errors.ts";
import { hash256 } from "./hash.ts";
import { type BlockHeader, decodeHeader, encodeHeaderTo } from "./header.ts";
import { MAX_BLOCK_WEIGHT, WITNESS_SCALE_FACTOR } from "./limits.ts";

/** Fewest bytes of a transaction without witnesses: a tree with more leaves belongs to no block. */
const MIN_TX_BYTES = 60;
const MAX_LEAVES: number = MAX_BLOCK_WEIGHT / (WITNESS_SCALE_FACTOR * MIN_TX_BYTES);
const HASH_BYTES = 32;

/** BIP37: the part of a block's merkle tree that proves some of its transactions. */
export interface PartialMerkleTree {
  /** Transactions of the block. */
  readonly leaves: number;
  /** Of the branches that are not gone down, and of the leaves reached, in depth-first order; hashing order. */
  readonly hashes: readonly Uint8Array[];
  /** For each node in that order: whether something below it is proven. */
  readonly bits: readonly boolean[];
}

/** BIP37's `merkleblock`, which `gettxoutproof` gives too. */
export interface MerkleBlock extends PartialMerkleTree {
  readonly header: BlockHeader;
}

/** What a tree proves. */
export interface ProvenLeaves {
  /** 32 bytes in hashing order: worth nothing until it is the header's. */
  readonly root: Uint8Array;
  readonly matches: readonly { readonly index: number; readonly leaf: Uint8Array }[];
}

/** The tree that proves the chosen ones of a block's txids. */
export function proveLeaves(leaves: readonly Uint8Array[], chosen: readonly boolean[]): PartialMerkleTree {
  const hashes: Uint8Array[] = [];
  const bits: boolean[] = [];
  const visit = (height: number, position: number): void => {
    const from = position << height;
    const matched = chosen.slice(from, from + 2 ** height).includes(true);
    bits.push(matched);
    if (height === 0 || !matched) {
      hashes.push(nodeHash(leaves, height, position));
      return;
    }
    visit(height - 1, position * 2);
    if (position * 2 + 1 < width(leaves.length, height - 1)) visit(height - 1, position * 2 + 1);
  };
  visit(rootHeight(leaves.length), 0);
  return { leaves: leaves.length, hashes, bits };
}

/** @throws DecodeError when the tree has too much or too little in it, or repeats a branch (CVE-2012-2459) */
export function extractLeaves(tree: PartialMerkleTree): ProvenLeaves {
  const { leaves, hashes, bits } = tree;
  if (leaves === 0 || leaves > MAX_LEAVES) throw new DecodeError(`merkle proof over ${leaves} transactions`, 0);
  if (hashes.length > leaves || bits.length < hashes.length) throw new DecodeError("merkle proof is not a tree", 0);
  const matches: { index: number; leaf: Uint8Array }[] = [];
  let usedHashes = 0;
  let usedBits = 0;
  const visit = (height: number, position: number): Uint8Array => {
    const matched = bits[usedBits++];
    if (matched === undefined) throw new DecodeError("merkle proof ends too early", usedBits);
    if (height === 0 || !matched) {
      const hash = hashes[usedHashes++];
      if (hash === undefined) throw new DecodeError("merkle proof ends too early", usedBits);
      if (height === 0 && matched) matches.push({ index: position, leaf: hash });
      return hash;
    }
    const left = visit(height - 1, position * 2);
    if (position * 2 + 1 >= width(leaves, height - 1)) return hash256(concatBytes(left, left));
    const right = visit(height - 1, position * 2 + 1);
    if (equalBytes(left, right)) throw new DecodeError("merkle proof repeats a branch", usedBits);
    return hash256(concatBytes(left, right));
  };
  const root = visit(rootHeight(leaves), 0);
  if (Math.ceil(usedBits / 8) !== Math.ceil(bits.length / 8) || usedHashes !== hashes.length) {
    throw new DecodeError("merkle proof holds more than its tree", usedBits);
  }
  return { root, matches };
}

export function encodeMerkleBlock({ header, leaves, hashes, bits }: MerkleBlock): Uint8Array {
  const writer = new ByteWriter();
  encodeHeaderTo(writer, header);
  writer.u32(leaves).compactSize(hashes.length);
  for (const hash of hashes) writer.bytes(hash);
  const flags = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [at, bit] of bits.entries()) if (bit) flags[at >> 3] = (flags[at >> 3] as number) | (1 << (at & 7));
  return writer.varBytes(flags).finish();
}

/** @throws DecodeError */
export function decodeMerkleBlock(bytes: Uint8Array): MerkleBlock {
  const reader = new ByteReader(bytes);
  const header = decodeHeader(reader);
  const leaves = reader.u32();
  const count = reader.compactSize(Math.floor(reader.remaining / HASH_BYTES));
  const hashes = Array.from({ length: count }, () => reader.view(HASH_BYTES));
  const flags = reader.varBytes();
  reader.end();
  const bits = Array.from(
    { length: flags.length * 8 },
    (_, at) => (((flags[at >> 3] as number) >> (at & 7)) & 1) === 1,
  );
  return { header, leaves, hashes, bits };
}

/** Nodes at a height of the tree; leaves are at height 0. */
function width(leaves: number, height: number): number {
  return Math.ceil(leaves / 2 ** height);
}

function rootHeight(leaves: number): number {
  let height = 0;
  while (width(leaves, height) > 1) height += 1;
  return height;
}

function nodeHash(leaves: readonly Uint8Array[], height: number, position: number): Uint8Array {
  if (height === 0) return leaves[position] as Uint8Array;
  const left = nodeHash(leaves, height - 1, position * 2);
  const hasRight = position * 2 + 1 < width(leaves.length, height - 1);
  return hash256(concatBytes(left, hasRight ? nodeHash(leaves, height - 1, position * 2 + 1) : left));
}
