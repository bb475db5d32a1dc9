import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { blockFromBytes } from "./block.ts";
import { concatBytes, fromHex } from "./bytes/bytes.ts";
import { hash256, hashToBytes, hashToString, type MerkleRoot } from "./hash.ts";
import { merkleRoot } from "./merkle.ts";
import { describeVectors } from "./testing/vectors.ts";

const leaf = (n: number): Uint8Array => new Uint8Array(32).fill(n);
const pair = (left: Uint8Array, right: Uint8Array): Uint8Array => hash256(concatBytes(left, right));

describe("merkle root", () => {
  test("of nothing is zero, of one leaf the leaf itself", () => {
    assert.deepEqual(merkleRoot([]), { root: new Uint8Array(32), mutated: false });
    assert.deepEqual(merkleRoot([leaf(7)]), { root: leaf(7), mutated: false });
  });

  test("pairs neighbours, and an odd last one with itself", () => {
    const [a, b, c] = [leaf(1), leaf(2), leaf(3)];
    assert.deepEqual(merkleRoot([a, b]).root, pair(a, b));
    assert.deepEqual(merkleRoot([a, b, c]).root, pair(pair(a, b), pair(c, c)));
    assert.notDeepEqual(merkleRoot([a, b]).root, merkleRoot([b, a]).root);
  });

  test("CVE-2012-2459: a list that repeats its tail has the same root and is marked on whatever level it repeats", () => {
    for (const [count, repeated] of [
      [3, [2]],
      [5, [4]],
      [6, [4, 5]],
      [7, [6]],
      [9, [8, 8, 8, 8, 8, 8, 8]],
    ] as const) {
      const honest = Array.from({ length: count }, (_, n) => leaf(n));
      const longer = [...honest, ...repeated.map(leaf)];
      assert.deepEqual(merkleRoot(longer).root, merkleRoot(honest).root, `${count} leaves`);
      assert.equal(merkleRoot(honest).mutated, false);
      assert.equal(merkleRoot(longer).mutated, true);
    }
  });

  test("equal leaves that are no pair are no mutation", () => {
    assert.equal(merkleRoot([leaf(1), leaf(2), leaf(2), leaf(3)]).mutated, false);
  });

  test("changing any one leaf changes the root; distinct leaves are never marked", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (count, choice) => {
        const leaves = Array.from({ length: count }, (_, n) => leaf(n));
        const changed = leaves.with(choice % count, leaf(200));
        assert.notDeepEqual(merkleRoot(changed).root, merkleRoot(leaves).root);
        assert.equal(merkleRoot(leaves).mutated, false);
      }),
    );
  });
});

interface Malleation {
  readonly merkle_root: string;
  readonly block_raw: string;
  readonly tx_order: readonly number[];
  readonly valid: boolean;
}

describeVectors("merkle root: real blocks and repetitions of them", (vectors) => {
  for (const each of vectors.json<Malleation[]>("merkle-filters/merkle-malleation-derived.json")) {
    test(`order ${each.tx_order.join()}`, () => {
      const { txs, header } = blockFromBytes(fromHex(each.block_raw));
      const { root, mutated } = merkleRoot(txs.map((tx) => hashToBytes(tx.txid)));
      assert.equal(hashToString<MerkleRoot>(root), each.merkle_root);
      assert.equal(header.merkleRoot, each.merkle_root);
      assert.equal(mutated, !each.valid);
    });
  }
});
