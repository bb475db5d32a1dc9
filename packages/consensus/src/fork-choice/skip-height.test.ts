import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { skipHeight } from "./skip-height.ts";

describe("skip height", () => {
  test("always lies below, so that every walk ends", () => {
    for (let height = 1; height < 5000; height++) assert.ok(skipHeight(height) < height && skipHeight(height) >= 0);
  });

  test("brings any ancestor of a million blocks within reach of few steps", () => {
    let worst = 0;
    for (let from = 999_999; from > 0; from -= 7919) {
      for (let to = 0; to < from; to += 49_999) worst = Math.max(worst, stepsBetween(from, to));
    }
    assert.ok(worst <= 150, `${worst} steps`);
  });
});

function stepsBetween(from: number, to: number): number {
  let steps = 0;
  for (let height = from; height > to; steps++) height = skipHeight(height) >= to ? skipHeight(height) : height - 1;
  return steps;
}
