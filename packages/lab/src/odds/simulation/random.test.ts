import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { binomialProbability } from "../numeric/binomial.ts";
import { chiSquaredUpperTail } from "../numeric/chi-squared.ts";
import { AliasTable } from "./alias-table.ts";
import { JumpTables } from "./jump-tables.ts";
import { RandomWords } from "./random-words.ts";

/** A fair test with a fixed seed fails with a worse value than this only when something is wrong. */
const LEAST_P_VALUE = 1e-4;

function pValue(counts: readonly number[], chances: readonly number[]): number {
  const draws = counts.reduce((sum, count) => sum + count, 0);
  const cells = chances.flatMap((chance, i) => (chance * draws < 5 ? [] : [{ chance, count: counts[i] ?? 0 }]));
  const statistic = cells.reduce((sum, { chance, count }) => sum + (count - chance * draws) ** 2 / (chance * draws), 0);
  return chiSquaredUpperTail(statistic, cells.length - 1);
}

function counted(draws: number, cells: number, draw: () => number): readonly number[] {
  const counts: number[] = Array.from({ length: cells }, () => 0);
  for (let i = 0; i < draws; i++) {
    const cell = draw();
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}

describe("random words", () => {
  test("a seed and a stream always give the same words", () => {
    const words = new RandomWords(2 ** 40 + 7, 3);
    assert.deepEqual([words.next(), words.next(), words.next()], FIRST_WORDS);
  });

  test("seeds that differ in any bit, and streams, give other words", () => {
    const firsts = [0, 1, 2, 2 ** 32, 2 ** 52].flatMap((seed) =>
      [0, 1, 2, 1000].map((stream) => new RandomWords(seed, stream).next()),
    );
    assert.equal(new Set(firsts).size, firsts.length);
  });

  test("all bytes of a word are even, within a stream and across streams", () => {
    const words = new RandomWords(1, 1);
    for (const shift of [0, 8, 16, 24]) {
      const within = counted(200_000, 256, () => (words.next() >>> shift) & 255);
      assert.ok(
        pValue(
          within,
          Array.from({ length: 256 }, () => 1 / 256),
        ) > LEAST_P_VALUE,
      );
      let stream = 0;
      const across = counted(20_000, 256, () => (new RandomWords(9, stream++).next() >>> shift) & 255);
      assert.ok(
        pValue(
          across,
          Array.from({ length: 256 }, () => 1 / 256),
        ) > LEAST_P_VALUE,
      );
    }
  });

  test("fractions lie strictly between 0 and 1", () => {
    const words = new RandomWords(5, 0);
    for (let i = 0; i < 10_000; i++) {
      const fraction = words.fraction();
      assert.ok(fraction > 0 && fraction < 1);
    }
  });
});

describe("tables to draw from", () => {
  const weights: readonly (readonly number[])[] = [[1], [1, 0], [0, 1], [3, 1], [1, 2, 3, 4], [5, 0, 0, 1e-9, 7]];
  for (const list of weights) {
    test(`weights ${list.join(", ")} are exact to 2^-30 in the table itself`, () => {
      const { cuts, aliases } = new AliasTable(list);
      const total = list.reduce((sum, weight) => sum + weight, 0);
      const chances: number[] = Array.from({ length: cuts.length }, () => 0);
      for (const [column, cut] of cuts.entries()) {
        const own = cut / 2 ** 31 / cuts.length;
        const alias = aliases[column] ?? 0;
        chances[column] = (chances[column] ?? 0) + own;
        chances[alias] = (chances[alias] ?? 0) + 1 / cuts.length - own;
      }
      for (const [i, chance] of chances.entries()) assert.ok(Math.abs(chance - (list[i] ?? 0) / total) < 2 ** -30);
    });
  }

  test("draws follow the weights", () => {
    const table = new AliasTable([1, 2, 3, 4, 0]);
    const words = new RandomWords(11, 0);
    const counts = counted(100_000, 8, () => table.draw(words));
    assert.equal(counts[4], 0);
    assert.ok(pValue(counts, [0.1, 0.2, 0.3, 0.4]) > LEAST_P_VALUE);
  });

  for (const bits of [1, 2, 4, 7, 12]) {
    test(`${2 ** bits - 1} blocks at once are as many single ones`, () => {
      const blocks = 2 ** bits - 1;
      const jumps = new JumpTables(0.3);
      const words = new RandomWords(12, bits);
      const counts = counted(100_000, blocks + 1, () => jumps.attackerBlocks(bits, words));
      const chances = Array.from({ length: blocks + 1 }, (_, k) => binomialProbability(blocks, k, 0.3));
      assert.ok(pValue(counts, chances) > LEAST_P_VALUE);
    });
  }
});

const FIRST_WORDS: readonly number[] = [1251397833, 1605501365, -972452888];
