import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MAX_MONEY } from "@forkyard/core/units";
import * as fc from "fast-check";
import { satoshisOf } from "../client/amounts.ts";
import { amount, parseFixedPoint } from "../params.ts";
import { coins, exactNumber, type Json, numberText, parseJson, typeOfJson, writeJson } from "./json.ts";

describe("exact JSON", () => {
  test("any JSON text in canonical form comes out as it went in", () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        fc.pre(!text.includes("__proto__"));
        const canonical = JSON.stringify(JSON.parse(text));
        fc.pre(!/:-0[,}\]]|^-0$/.test(canonical));
        assert.equal(writeJson(parseJson(canonical)), canonical);
      }),
    );
  });

  test("numbers keep the text they were written with", () => {
    for (const text of ["0.10", "1e400", "12345678901234567890", "-0", "1E-8"]) {
      const value = parseJson(text);
      assert.deepEqual([typeOfJson(value), numberText(value), writeJson(value)], ["number", text, text]);
    }
  });

  test("an amount survives: satoshis to JSON, to a JavaScript number, and back", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_MONEY }), (satoshis) => {
        const text = writeJson({ value: coins(satoshis) });
        assert.match(text, /^\{"value":\d+\.\d{8}\}$/);
        assert.equal(satoshisOf((JSON.parse(text) as { value: number }).value), satoshis);
        assert.equal(amount.read((parseJson(text) as { value: Json }).value, "value"), satoshis);
      }),
    );
    assert.equal(writeJson([coins(-1n), exactNumber(2n ** 64n)]), "[-0.00000001,18446744073709551616]");
  });

  test("decimals are read exactly or not at all", () => {
    const good: readonly (readonly [string, bigint])[] = [
      ["0", 0n],
      ["1", 100_000_000n],
      ["0.1", 10_000_000n],
      ["0.00000001", 1n],
      ["1.000000000000", 100_000_000n],
      ["1e-8", 1n],
      ["0.5e1", 500_000_000n],
      ["-1.5", -150_000_000n],
      ["20999999.9769", 2_099_999_997_690_000n],
    ];
    for (const [text, satoshis] of good) assert.equal(parseFixedPoint(text), satoshis, text);
    for (const text of [
      "",
      ".1",
      "1.",
      "01",
      "+1",
      " 1",
      "1 ",
      "0x1",
      "1e",
      "1e999",
      "0.000000001",
      "1e-9",
      "NaN",
      "1,5",
    ]) {
      assert.equal(parseFixedPoint(text), undefined, text);
    }
    assert.equal(parseFixedPoint(`0.${"0".repeat(100)}`), undefined);
  });

  test("the parser never throws anything but its own error, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'[]{},:"\\ntrue0e-1._'.split("")) }), (text) => {
        try {
          parseJson(text);
        } catch (error) {
          assert.equal((error as Error).name, "RpcError");
        }
      }),
      { numRuns: 2000 },
    );
  });
});
