import assert from "node:assert/strict";
import { createCipheriv, randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { hashToString } from "@forkyard/core/hash";
import * as fc from "fast-check";
import { chacha20Stream } from "./chacha20.ts";
import { MuHash } from "./muhash.ts";

/** The element that Bitcoin Core's tests number: 32 bytes, the first of which is the number. */
function element(number: number): Uint8Array {
  const bytes = new Uint8Array(32);
  bytes[0] = number;
  return bytes;
}

function shown(set: MuHash): string {
  return hashToString<string>(set.digest());
}

describe("ChaCha20 stream", () => {
  test("is OpenSSL's", () => {
    for (let i = 0; i < 20; i++) {
      const key = randomBytes(32);
      const expected = createCipheriv("chacha20", key, new Uint8Array(16)).update(new Uint8Array(384));
      assert.deepEqual(Buffer.from(chacha20Stream(key, 6)), expected);
    }
  });
});

describe("MuHash3072", () => {
  test("Bitcoin Core's known answers: the empty set, and 0 and 1 in, 2 out", () => {
    assert.equal(shown(new MuHash()), "dd5ad2a105c2d29495f577245c357409002329b9f4d6182c0af3dc2f462555c8");
    const set = new MuHash();
    set.insert(element(0));
    set.insert(element(1));
    set.remove(element(2));
    assert.equal(shown(set), "10d312b100cbd32ada024a6646e40d3482fcff103668d2625f10002a607d5863");
  });

  test("is the same in any order, and what goes in and out leaves nothing", () => {
    const elements = fc.uniqueArray(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 });
    fc.assert(
      fc.property(elements, fc.uint8Array(), (list, passing) => {
        const one = new MuHash();
        const other = new MuHash();
        for (const item of list) one.insert(item);
        other.remove(passing);
        for (const item of list.toReversed()) other.insert(item);
        other.insert(passing);
        assert.equal(shown(one), shown(other));
      }),
      { numRuns: 30 },
    );
  });
});
