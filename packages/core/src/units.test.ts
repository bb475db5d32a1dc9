import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { InputError } from "./errors.ts";
import { COIN, formatCoins, isMoney, MAX_MONEY, parseCoins } from "./units.ts";

describe("amounts", () => {
  test("are money from nothing to 21 million coins", () => {
    assert.deepEqual([0n, MAX_MONEY, -1n, MAX_MONEY + 1n].map(isMoney), [true, true, false, false]);
    assert.equal(MAX_MONEY, 2_100_000_000_000_000n);
  });

  test("every amount is written and read back exactly", () => {
    fc.assert(fc.property(fc.bigInt(0n, MAX_MONEY), (satoshis) => parseCoins(formatCoins(satoshis)) === satoshis));
  });

  test("are written with eight decimals, negative ones with their sign", () => {
    assert.equal(formatCoins(0n), "0.00000000");
    assert.equal(formatCoins(150_000_000n), "1.50000000");
    assert.equal(formatCoins(-1n), "-0.00000001");
    assert.equal(formatCoins(-COIN), "-1.00000000");
  });

  test("are read as a person types them", () => {
    const typed: readonly [string, bigint][] = [
      ["0", 0n],
      ["1", COIN],
      ["1.5", 150_000_000n],
      ["0.00000001", 1n],
      ["00.10", 10_000_000n],
      ["21000000", MAX_MONEY],
      ["20999999.99999999", MAX_MONEY - 1n],
    ];
    for (const [text, satoshis] of typed) assert.equal(parseCoins(text), satoshis, text);
  });

  test("anything else is refused with a line that names it", () => {
    const wrong = [
      "",
      ".",
      "1.",
      ".5",
      "-1",
      "+1",
      "1e3",
      "1,5",
      " 1",
      "1\n",
      "0x10",
      "1.123456789",
      "NaN",
      "١",
      "123456789",
    ];
    for (const text of wrong) assert.throws(() => parseCoins(text), InputError, JSON.stringify(text));
    assert.throws(() => parseCoins("21000000.00000001"), /21 million/);
    assert.throws(() => parseCoins("99999999"), /21 million/);
  });
});
