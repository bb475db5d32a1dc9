import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { branchAndBound } from "./branch-and-bound.ts";
import { type SelectableCoin, type Selection, type SelectionGoal, selectCoins } from "./coin-selection.ts";
import { estimateWeight, feeForWeight, feeRateOf, inputFee } from "./fee.ts";

const P2WPKH_SCRIPT_BYTES = 22;
const P2WPKH_DUST = 294n;

const coinsOf = (...values: number[]): SelectableCoin[] =>
  values.map((value, index) => ({ id: `${index}`.padStart(4, "0"), value: BigInt(value), template: "p2wpkh" }));

const goalOf = (amount: number, satPerVbyte = 1, subtractFee = false): SelectionGoal => ({
  amount: BigInt(amount),
  subtractFee,
  recipientScriptBytes: P2WPKH_SCRIPT_BYTES,
  changeScriptBytes: P2WPKH_SCRIPT_BYTES,
  changeDust: P2WPKH_DUST,
  rate: feeRateOf(satPerVbyte),
});

const sum = (coins: readonly SelectableCoin[]): bigint => coins.reduce((total, coin) => total + coin.value, 0n);
const values = (selection: Selection<SelectableCoin> | undefined): number[] | undefined =>
  selection?.coins.map((coin) => Number(coin.value));

const anyCoins = fc
  .array(
    fc.record({
      value: fc.oneof(fc.bigInt(1n, 2_000n), fc.bigInt(1n, 200_000n), fc.bigInt(1n, 5_000_000_000n)),
      template: fc.constantFrom("p2wpkh" as const, "p2wpkh" as const, "p2pkh" as const, "p2pk" as const),
    }),
    { maxLength: 40 },
  )
  .map((coins) => coins.map((coin, index): SelectableCoin => ({ ...coin, id: `${index}`.padStart(4, "0") })));
const anyGoal = fc
  .record({
    amount: fc.oneof(fc.integer({ min: 294, max: 5_000 }), fc.integer({ min: 294, max: 10_000_000_000 })),
    rate: fc.oneof(fc.constant(1), fc.double({ min: 1, max: 100, noNaN: true })),
    subtractFee: fc.boolean(),
  })
  .map(({ amount, rate, subtractFee }) => goalOf(amount, rate, subtractFee));

describe("coin selection", () => {
  test("spends exactly what it takes in, for at least the rate asked and little more, and leaves no dust", () => {
    fc.assert(
      fc.property(anyCoins, anyGoal, (coins, goal) => {
        const selection = selectCoins(coins, goal);
        if (selection === undefined) return;
        assert.equal(sum(selection.coins), selection.paid + selection.change + selection.fee);
        assert.equal(new Set(selection.coins.map((coin) => coin.id)).size, selection.coins.length);
        assert.ok(selection.change === 0n || selection.change >= goal.changeDust);
        const outputs = selection.change > 0n ? [P2WPKH_SCRIPT_BYTES, P2WPKH_SCRIPT_BYTES] : [P2WPKH_SCRIPT_BYTES];
        const inputs = selection.coins.map((coin) => coin.template);
        assert.equal(selection.weight, estimateWeight({ inputs, outputScriptBytes: outputs }));
        const asked = feeForWeight(selection.weight, goal.rate);
        assert.ok(selection.fee >= asked, `fee ${selection.fee} below ${asked}`);
        const changeOutput = feeForWeight(31 * 4, goal.rate);
        const excess = selection.fee - asked;
        assert.ok(selection.change > 0n ? excess === 0n : excess <= changeOutput + goal.changeDust);
        if (goal.subtractFee) assert.ok(selection.paid <= goal.amount);
        else assert.equal(selection.paid, goal.amount);
      }),
      { numRuns: 1_500 },
    );
  });

  test("finds a payment whenever all worthwhile coins together can pay it", () => {
    fc.assert(
      fc.property(anyCoins, anyGoal, (coins, goal) => {
        const useful = coins.filter((coin) => coin.value > inputFee(coin.template, goal.rate));
        const all = { inputs: useful.map((coin) => coin.template), outputScriptBytes: [P2WPKH_SCRIPT_BYTES] };
        const fee = goal.subtractFee ? 0n : feeForWeight(estimateWeight(all), goal.rate);
        assert.equal(selectCoins(coins, goal) !== undefined, sum(useful) >= goal.amount + fee);
      }),
      { numRuns: 1_500 },
    );
  });

  test("does not depend on the order of the coins", () => {
    const shuffled = anyCoins.chain((coins) =>
      fc.tuple(fc.constant(coins), fc.shuffledSubarray(coins, { minLength: coins.length })),
    );
    fc.assert(
      fc.property(shuffled, anyGoal, ([coins, others], goal) => {
        assert.deepEqual(selectCoins(coins, goal), selectCoins(others, goal));
      }),
      { numRuns: 500 },
    );
  });

  test("prefers coins that need no change", () => {
    // One input and one output of P2WPKH: 110 virtual bytes; every further input 68.
    assert.deepEqual(values(selectCoins(coinsOf(10_000, 5_110, 7_000), goalOf(5_000))), [5_110]);
    assert.deepEqual(values(selectCoins(coinsOf(90_000, 3_100, 2_100), goalOf(5_000))), [3_100, 2_100]);
    const selection = selectCoins(coinsOf(10_000, 5_150, 7_000), goalOf(5_000));
    assert.deepEqual([selection?.change, selection?.fee], [0n, 150n]);
  });

  test("else takes the smallest coin that is enough, else the largest until there is enough", () => {
    assert.deepEqual(values(selectCoins(coinsOf(90_000, 50_000, 70_000), goalOf(20_000))), [50_000]);
    assert.deepEqual(values(selectCoins(coinsOf(10_000, 50_000, 70_000), goalOf(100_000))), [70_000, 50_000]);
  });

  test("leaves out coins that cost more than they bring", () => {
    assert.equal(selectCoins(coinsOf(5_000, 600, 600, 600), goalOf(5_000, 10)), undefined);
    assert.deepEqual(values(selectCoins(coinsOf(9_000, 600, 600, 600), goalOf(5_000, 10))), [9_000]);
  });

  test("a fee taken out of the amount can spend everything", () => {
    const selection = selectCoins(coinsOf(5_000, 3_000), goalOf(8_000, 1, true));
    assert.deepEqual([selection?.paid, selection?.change, selection?.fee], [7_823n, 0n, 177n]);
  });

  test("gives up searching after a fixed number of steps", () => {
    // No subset fits: all values are even, the target is odd and the tolerance nothing.
    const coins = Array.from({ length: 60 }, (_, i) => ({ coin: i, effectiveValue: BigInt(2 ** 20 + 2 * i * i) }));
    assert.equal(branchAndBound(coins, BigInt(2 ** 25 + 1), 0n), undefined);
  });

  test("branch and bound finds the subset with the least excess", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt(1n, 60n), { maxLength: 9 }),
        fc.bigInt(1n, 150n),
        fc.bigInt(0n, 10n),
        (numbers, target, tolerance) => {
          const coins = numbers.map((effectiveValue, index) => ({ coin: index, effectiveValue }));
          const found = branchAndBound(coins, target, tolerance);
          const least = leastExcess(numbers, target);
          if (least === undefined || least > tolerance) return assert.equal(found, undefined);
          const total = found?.reduce((all, index) => all + (numbers[index] as bigint), 0n);
          return assert.equal(total, target + least);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** By trying all subsets. */
function leastExcess(numbers: readonly bigint[], target: bigint): bigint | undefined {
  const sums = numbers.reduce<readonly bigint[]>((all, value) => [...all, ...all.map((each) => each + value)], [0n]);
  const excesses = sums.map((each) => each - target).filter((excess) => excess >= 0n);
  return excesses.length === 0 ? undefined : excesses.reduce((a, b) => (a < b ? a : b));
}
