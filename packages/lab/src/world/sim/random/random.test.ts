import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { naturalLogarithm } from "./logarithm.ts";
import { type FourWords, philox } from "./philox.ts";
import { RandomStream, RandomStreams } from "./stream.ts";

const draw = (stream: RandomStream): number[] => Array.from({ length: 100 }, () => stream.word());
const hex = (words: readonly number[]): string => words.map((word) => word.toString(16).padStart(8, "0")).join(" ");

describe("philox4x32-10", () => {
  // Known answers of the authors' library Random123 (kat_vectors).
  for (const [counter, key, answer] of [
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], "d16cfe09 94fdcceb 5001e420 24126ea1"],
  ] as const) {
    test(`gives ${answer}`, () => {
      const words: FourWords = [...counter];
      philox(words, key[0], key[1]);
      assert.equal(hex(words), answer);
    });
  }
});

describe("natural logarithm without the engine's", () => {
  test("agrees with Math.log to the last digits, everywhere", () => {
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }), (x) => {
        const [own, reference] = [naturalLogarithm(x), Math.log(x)];
        assert.ok(Math.abs(own - reference) <= 4e-16 * Math.max(1, Math.abs(reference)), `ln ${x}: ${own}`);
      }),
    );
    for (const x of [0.75, 1, 1.5, 2 ** -53, 1 - 2 ** -53]) {
      assert.ok(Math.abs(naturalLogarithm(x) - Math.log(x)) <= 4e-16 * Math.max(1, Math.abs(Math.log(x))), `ln ${x}`);
    }
    assert.equal(naturalLogarithm(1), 0);
  });

  test("is asked for positive numbers only", () => {
    for (const x of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => naturalLogarithm(x));
  });
});

describe("streams", () => {
  const DRAWS = 20_000;

  test("of one name repeat, of different names have nothing in common", () => {
    const streams = new RandomStreams(1);
    assert.deepEqual(draw(streams.of("a", "lottery")), draw(streams.of("a", "lottery")));
    for (const other of [
      streams.of("b", "lottery"),
      streams.of("a", "jitter"),
      new RandomStreams(2).of("a", "lottery"),
    ]) {
      const first = draw(streams.of("a", "lottery"));
      assert.equal(draw(other).filter((word, index) => word === first[index]).length, 0);
    }
  });

  test("are uniform from 0 to below 1, and exponential with mean 1", () => {
    const stream = new RandomStream("test");
    const uniform = Array.from({ length: DRAWS }, () => stream.uniform());
    assert.ok(uniform.every((u) => u >= 0 && u < 1));
    const counts = Array.from({ length: 10 }, (_, tenth) => uniform.filter((u) => Math.floor(u * 10) === tenth).length);
    const chiSquared = counts.reduce((sum, count) => sum + (count - DRAWS / 10) ** 2 / (DRAWS / 10), 0);
    assert.ok(chiSquared < 27.88, `chi-squared ${chiSquared} with 9 degrees of freedom: one in a thousand`);
    const exponential = Array.from({ length: DRAWS }, () => stream.exponential());
    const mean = exponential.reduce((sum, e) => sum + e, 0) / DRAWS;
    assert.ok(Math.abs(mean - 1) < 3 / Math.sqrt(DRAWS), `mean ${mean}`);
    const late = exponential.filter((e) => e > 1).length / DRAWS;
    assert.ok(Math.abs(late - 1 / Math.E) < 0.011, `${late} of them above 1`);
  });

  test("give whole numbers below a limit and bytes", () => {
    const stream = new RandomStream("test");
    const drawn = new Set(Array.from({ length: 1_000 }, () => stream.below(7)));
    assert.deepEqual(drawn, new Set([0, 1, 2, 3, 4, 5, 6]));
    assert.equal(stream.bytes(33).length, 33);
  });
});
