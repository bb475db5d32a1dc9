import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { networkByName } from "@forkyard/core/params/networks";
import { COIN, MAX_MONEY } from "@forkyard/core/units";
import { subsidyAt } from "./subsidy.ts";

const mainnet = networkByName("mainnet");

describe("subsidy", () => {
  test("halves every 210,000 blocks", () => {
    assert.equal(subsidyAt(0, mainnet), 50n * COIN);
    assert.equal(subsidyAt(209_999, mainnet), 50n * COIN);
    assert.equal(subsidyAt(210_000, mainnet), 25n * COIN);
    assert.equal(subsidyAt(420_000, mainnet), (25n * COIN) / 2n);
    assert.equal(subsidyAt(150, networkByName("regtest")), 25n * COIN);
  });

  test("is nothing from the 64th halving on, where a shift would wrap in other machines", () => {
    assert.equal(subsidyAt(63 * 210_000, mainnet), 0n);
    assert.equal(subsidyAt(64 * 210_000, mainnet), 0n);
    assert.equal(subsidyAt(1e15, mainnet), 0n);
  });

  test("adds up to just under 21 million coins", () => {
    let total = 0n;
    for (let halving = 0; halving < 64; halving++) total += 210_000n * subsidyAt(halving * 210_000, mainnet);
    assert.equal(total, 2_099_999_997_690_000n);
    assert.ok(total <= MAX_MONEY);
  });
});
