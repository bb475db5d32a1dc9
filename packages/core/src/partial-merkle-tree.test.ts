import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DecodeError } from "./errors.ts";
import { sha256 } from "./hash.ts";
import { merkleRoot } from "./merkle.ts";
import { networkByName } from "./params/networks.ts";
import { decodeMerkleBlock, encodeMerkleBlock, extractLeaves, proveLeaves } from "./partial-merkle-tree.ts";

const leavesOf = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => sha256(Uint8Array.of(i)));
const { header } = networkByName("regtest").genesis;

describe("partial merkle tree (BIP37)", () => {
  test("proves exactly the chosen leaves, under the block's own root", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (chosen) => {
        const leaves = leavesOf(chosen.length);
        const bytes = encodeMerkleBlock({ header, ...proveLeaves(leaves, chosen) });
        const { root, matches } = extractLeaves(decodeMerkleBlock(bytes));
        assert.deepEqual(root, merkleRoot(leaves).root);
        assert.deepEqual(
          matches.map(({ index }) => index),
          chosen.flatMap((isChosen, index) => (isChosen ? [index] : [])),
        );
        for (const { index, leaf } of matches) assert.deepEqual(leaf, leaves[index]);
      }),
    );
  });

  test("a tree with too much, too little or a repeated branch is none", () => {
    const tree = proveLeaves(leavesOf(6), [false, true, false, false, false, false]);
    const [first] = tree.hashes;
    assert.ok(first !== undefined);
    for (const broken of [
      { ...tree, leaves: 0 },
      { ...tree, leaves: 16_667 },
      { ...tree, hashes: tree.hashes.slice(1) },
      { ...tree, hashes: [...tree.hashes, first] },
      { ...tree, bits: tree.bits.slice(0, 3) },
      { ...tree, bits: [...tree.bits, ...Array.from({ length: 9 }, () => false)] },
      { ...tree, hashes: tree.hashes.map(() => first) },
    ]) {
      assert.throws(() => extractLeaves(broken), DecodeError);
    }
  });
});
