import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { withoutSignature } from "./find-and-delete.ts";

describe("FindAndDelete", () => {
  /** Cases by the script, the signature (pushed before it is searched for), the script left. */
  const cases: readonly (readonly [name: string, script: string, signature: string, left: string])[] = [
    ["a push in front, in the middle and at the end", "02aabb5102aabb5202aabb", "aabb", "5152"],
    ["several in a row", "02aabb02aabb51", "aabb", "51"],
    ["not the same bytes inside another push", "0402aabb0051", "aabb", "0402aabb0051"],
    ["not another way to push the same", "4c02aabb51", "aabb", "4c02aabb51"],
    ["the empty signature takes out OP_0", "005100", "", "51"],
    ["up to a bad push, which stays", "02aabb05aa", "aabb", "05aa"],
    ["what follows a removal is looked at anew", "01020102", "02", ""],
  ];
  for (const [name, script, signature, left] of cases) {
    test(name, () => assert.equal(toHex(withoutSignature(fromHex(script), fromHex(signature))), left));
  }

  test("gives the very same array back when nothing is found", () => {
    const script = fromHex("5152");
    assert.equal(withoutSignature(script, fromHex("aabb")), script);
  });
});
