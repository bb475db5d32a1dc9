import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import {
  compareBytes,
  concatBytes,
  equalBytes,
  fromHex,
  fromReversedHex,
  isHex,
  toHex,
  toReversedHex,
} from "./bytes.ts";

const some = fc.uint8Array({ maxLength: 40 });

describe("hexadecimal", () => {
  test("is lower case, two digits a byte, leading zeros kept", () => {
    assert.equal(toHex(Uint8Array.of(0, 0x0a, 0xff)), "000aff");
    assert.equal(toReversedHex(Uint8Array.of(0, 0x0a, 0xff)), "ff0a00");
    assert.deepEqual(fromHex("000aFf"), Uint8Array.of(0, 0x0a, 0xff));
    assert.deepEqual(fromReversedHex("000aff"), Uint8Array.of(0xff, 0x0a, 0));
    assert.deepEqual(fromHex(""), new Uint8Array(0));
  });

  test("agrees with the runtime's own for any bytes, both ways", () => {
    fc.assert(
      fc.property(some, (bytes) => {
        assert.equal(toHex(bytes), Buffer.from(bytes).toString("hex"));
        assert.deepEqual(fromHex(toHex(bytes)), bytes);
        assert.deepEqual(fromHex(toHex(bytes).toUpperCase()), bytes);
        assert.deepEqual(fromReversedHex(toReversedHex(bytes)), bytes);
      }),
    );
  });

  test("of many bytes is written chunk by chunk", () => {
    for (const length of [1_023, 1_024, 1_025, 5_000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
      assert.equal(toHex(bytes), Buffer.from(bytes).toString("hex"));
    }
  });

  test("refuses odd lengths and every character that is no digit", () => {
    for (let code = 0; code < 0x180; code++) {
      const character = String.fromCharCode(code);
      assert.equal(isHex(`0${character}`), /^[0-9a-fA-F]$/.test(character), `character ${code}`);
    }
    for (const text of ["0", "000", "0g", " 0", "0\n", "0x", "00\n", "\u0660\u0660"]) {
      assert.equal(isHex(text), false, JSON.stringify(text));
      assert.throws(() => fromHex(text), RangeError);
    }
  });
});

describe("order and equality", () => {
  test("bytes are ordered as unsigned numbers, a prefix before what it begins", () => {
    assert.ok(compareBytes(Uint8Array.of(0x7f), Uint8Array.of(0x80)) < 0);
    assert.ok(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0)) < 0);
    assert.ok(compareBytes(Uint8Array.of(2), Uint8Array.of(1, 255)) > 0);
    fc.assert(
      fc.property(some, some, (a, b) => {
        assert.equal(Math.sign(compareBytes(a, b)), Buffer.compare(a, b));
        assert.equal(equalBytes(a, b), Buffer.compare(a, b) === 0);
      }),
    );
  });

  test("equal bytes in two arrays are equal, whatever they are views of", () => {
    const buffer = Uint8Array.of(9, 1, 2, 9);
    assert.ok(equalBytes(buffer.subarray(1, 3), Uint8Array.of(1, 2)));
    assert.ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
    assert.ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0)));
    const five = Uint8Array.of(1, 2, 3, 4, 5);
    for (let at = 0; at < five.length; at++) assert.ok(!equalBytes(five, five.with(at, 9)), `byte ${at}`);
  });

  test("joining copies: the parts stay their own", () => {
    const part = Uint8Array.of(1, 2);
    const joined = concatBytes(part, new Uint8Array(0), Uint8Array.of(3));
    assert.deepEqual(joined, Uint8Array.of(1, 2, 3));
    part[0] = 7;
    assert.equal(joined[0], 1);
    assert.deepEqual(concatBytes(), new Uint8Array(0));
  });
});
