import assert from "node:assert/strict";
import { blockFromBytes } from "@forkyard/core/block";
import { concatBytes, fromHex, fromReversedHex, toHex, toReversedHex } from "@forkyard/core/bytes/bytes";
import { basicBlockFilter, filterHeader } from "@forkyard/core/filters/block-filter";
import { BloomFilter } from "@forkyard/core/filters/bloom-filter";
import { murmurHash3 } from "@forkyard/core/filters/murmur-hash";
import { sipHash24 } from "@forkyard/core/filters/siphash";
import { hashToBytes } from "@forkyard/core/hash";
import { blockHashOf } from "@forkyard/core/header";
import { decodeMerkleBlock, encodeMerkleBlock, extractLeaves, proveLeaves } from "@forkyard/core/partial-merkle-tree";
import type { Case, Suite, VectorFile } from "../support/suite.ts";

export const sipHashes: Suite = { files: /^merkle-filters\/siphash\.json$/, cases: sipHashCases };
export const bloomFilters: Suite = { files: /^merkle-filters\/bloom-murmur\.json$/, cases: bloomCases };
export const blockFilters: Suite = { files: /^merkle-filters\/blockfilters\.json$/, cases: blockFilterCases };
export const merkleBlocks: Suite = { files: /^merkle-filters\/merkle-blocks\.json$/, cases: merkleBlockCases };

interface SipHashVector {
  readonly key: readonly [string, string];
  readonly input: readonly string[];
  readonly expected: { readonly siphash24: string };
}

function* sipHashCases(file: VectorFile): Iterable<Case> {
  for (const [index, { key, input, expected }] of file.json<readonly SipHashVector[]>().entries()) {
    yield {
      name: `#${index}`,
      check: () => {
        const words = [BigInt(`0x${key[0]}`), BigInt(`0x${key[1]}`)] as const;
        const hash = sipHash24(words, concatBytes(...input.map(fromHex)));
        assert.equal(hash, BigInt(`0x${expected.siphash24}`));
      },
    };
  }
}

interface FilterFacts {
  readonly elements: number;
  readonly fp_rate: number;
  readonly tweak: number;
  readonly flags: number;
}

interface BloomVectors {
  readonly murmurhash3_x86_32?: readonly { readonly expected: number; readonly seed: number; readonly data: string }[];
  readonly bloom_serialize?: readonly (FilterFacts & {
    readonly insert: readonly string[];
    readonly not_contained?: readonly string[];
    readonly serialized: string;
  })[];
}

function* bloomCases(file: VectorFile): Iterable<Case> {
  const { murmurhash3_x86_32: hashes = [], bloom_serialize: filters = [] } = file.json<BloomVectors>();
  for (const { expected, seed, data } of hashes) {
    yield { name: `murmur ${seed} ${data}`, check: () => assert.equal(murmurHash3(seed, fromHex(data)), expected) };
  }
  for (const { insert, not_contained: others = [], serialized, ...facts } of filters) {
    yield {
      name: `filter ${serialized}`,
      check: () => {
        const filter = filterOf(facts, insert);
        for (const item of insert) assert.ok(filter.has(fromHex(item)));
        for (const item of others) assert.equal(filter.has(fromHex(item)), false);
        assert.equal(toHex(filter.encode()), serialized);
      },
    };
  }
}

type BlockFilterRow = readonly [
  height: number,
  hash: string,
  block: string,
  spentScripts: readonly string[],
  previousHeader: string,
  filter: string,
  header: string,
  note: string,
];

function* blockFilterCases(file: VectorFile): Iterable<Case> {
  for (const row of file.json<readonly (BlockFilterRow | readonly [string])[]>()) {
    if (row.length === 1) continue;
    const [height, hash, raw, spentScripts, previousHeader, expected, header, note] = row;
    yield {
      name: `${height} ${note}`,
      check: () => {
        const block = blockFromBytes(fromHex(raw));
        assert.equal(block.hash, hash);
        const filter = basicBlockFilter(block, spentScripts.map(fromHex));
        assert.equal(toHex(filter), expected);
        assert.equal(toReversedHex(filterHeader(filter, fromReversedHex(previousHeader))), header);
      },
    };
  }
}

interface MerkleBlockVector {
  readonly block_hash: string;
  readonly block_raw: string | null;
  readonly filter?: FilterFacts | null;
  readonly filter_insert?: readonly string[] | null;
  readonly filter_serialized?: string | null;
  readonly matched_indexes: readonly number[];
  readonly matched_txids: readonly string[];
  readonly merkleblock: string;
}

function* merkleBlockCases(file: VectorFile): Iterable<Case> {
  for (const [index, vector] of file.json<readonly MerkleBlockVector[]>().entries()) {
    yield { name: `#${index} ${vector.block_hash}`, check: () => checkMerkleBlock(vector) };
  }
}

/** Read, and where the block is given, built: by the filter, or by the transactions that are to match. */
function checkMerkleBlock(vector: MerkleBlockVector): void {
  const proof = decodeMerkleBlock(fromHex(vector.merkleblock));
  assert.equal(blockHashOf(proof.header), vector.block_hash);
  const { root, matches } = extractLeaves(proof);
  assert.equal(toReversedHex(root), proof.header.merkleRoot);
  assert.deepEqual(
    matches.map(({ index, leaf }) => [index, toReversedHex(leaf)]),
    vector.matched_indexes.map((index, i) => [index, vector.matched_txids[i]]),
  );
  assert.equal(toHex(encodeMerkleBlock(proof)), vector.merkleblock);
  if (vector.block_raw === null) return;
  const { header, txs } = blockFromBytes(fromHex(vector.block_raw));
  const chosen = txs.map((_, index) => vector.matched_indexes.includes(index));
  if (vector.filter && vector.filter_insert) {
    const filter = filterOf(vector.filter, vector.filter_insert);
    if (vector.filter_serialized) assert.equal(toHex(filter.encode()), vector.filter_serialized);
    assert.deepEqual(
      txs.map((tx) => filter.matches(tx)),
      chosen,
    );
  }
  const built = proveLeaves(
    txs.map(({ txid }) => hashToBytes(txid)),
    chosen,
  );
  assert.equal(toHex(encodeMerkleBlock({ header, ...built })), vector.merkleblock);
}

function filterOf(facts: FilterFacts, items: readonly string[]): BloomFilter {
  const { elements, fp_rate: falsePositiveRate, tweak, flags } = facts;
  const filter = BloomFilter.create({ elements, falsePositiveRate, tweak, flags });
  for (const item of items) filter.insert(fromHex(item));
  return filter;
}
