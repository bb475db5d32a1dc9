import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concatBytes } from "./bytes/bytes.ts";
import { sha256 } from "./hash.ts";
import { taggedHash } from "./tagged-hash.ts";

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe("tagged hash", () => {
  test("is SHA-256 behind the tag's hash, twice", () => {
    const tag = sha256(ascii("TapLeaf"));
    const message = ascii("abc");
    assert.deepEqual(taggedHash("TapLeaf")(message), sha256(concatBytes(tag, tag, message)));
  });

  test("parts are joined, and one call leaves nothing behind for the next", () => {
    const hash = taggedHash("BIP0340/challenge");
    const whole = hash(ascii("abcdef"));
    assert.deepEqual(hash(ascii("abc"), ascii("def")), whole);
    assert.deepEqual(hash(ascii("abcdef")), whole);
    assert.notDeepEqual(taggedHash("BIP0340/aux")(ascii("abcdef")), whole);
  });
});
