import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeScriptNumber, encodeScriptNumber } from "@forkyard/core/script/codec";
import * as fc from "fast-check";
import { ScriptFailure } from "./script-error.ts";
import { readScriptNumber, writeScriptNumber } from "./script-number.ts";

describe("script numbers", () => {
  test("agree with core's codec of unbounded numbers", () => {
    const elements = fc.oneof(
      fc.uint8Array({ maxLength: 5 }),
      fc.array(fc.constantFrom(0, 1, 0x7f, 0x80, 0x81, 0xff), { maxLength: 5 }).map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(elements, (element) => {
        const value = decodeScriptNumber(element);
        const shortest = encodeScriptNumber(value);
        assert.equal(BigInt(readScriptNumber(element, false, 5)), value);
        assert.deepEqual(writeScriptNumber(Number(value)), shortest);
        if (element.length === shortest.length) assert.equal(BigInt(readScriptNumber(element, true, 5)), value);
        else assert.throws(() => readScriptNumber(element, true, 5), ScriptFailure);
      }),
    );
  });

  test("are four bytes at most unless told otherwise", () => {
    assert.equal(readScriptNumber(Uint8Array.of(0xff, 0xff, 0xff, 0x7f), true), 2 ** 31 - 1);
    assert.throws(() => readScriptNumber(new Uint8Array(5), false), ScriptFailure);
  });
});
