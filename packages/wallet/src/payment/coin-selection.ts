import type { SpendTemplate } from "../signing/spend-template.ts";
import { branchAndBound } from "./branch-and-bound.ts";
import { estimateWeight, type FeeRate, feeForWeight, fixedFee, inputFee, outputFee } from "./fee.ts";

/** A coin that may be chosen. */
export interface SelectableCoin {
  /** Unique; the order of equal values follows it. */
  readonly id: string;
  readonly value: bigint;
  readonly template: SpendTemplate;
}

/** What the coins are for. */
export interface SelectionGoal {
  /** Satoshis to pay. */
  readonly amount: bigint;
  /** The fee comes out of the amount instead of on top of it. */
  readonly subtractFee: boolean;
  readonly recipientScriptBytes: number;
  readonly changeScriptBytes: number;
  /** Change below this is left to the miner. */
  readonly changeDust: bigint;
  readonly rate: FeeRate;
}

/** Coins in the order they will be spent. Their values add up to exactly `paid + change + fee`. */
export interface Selection<T extends SelectableCoin> {
  readonly coins: readonly T[];
  /** What the recipient gets. */
  readonly paid: bigint;
  /** 0: there is no change output. */
  readonly change: bigint;
  readonly fee: bigint;
  /** Weight of the signed transaction, in weight units. */
  readonly weight: number;
}

/**
 * Chooses coins for a payment: first a set that fits without change (branch and bound), then the smallest single coin
 * that is enough, then the largest coins until there is enough. The same coins and goal, in whatever order, give the
 * same answer. undefined: all coins together are too few.
 */
export function selectCoins<T extends SelectableCoin>(
  available: readonly T[],
  goal: SelectionGoal,
): Selection<T> | undefined {
  // A coin that costs more to spend than it brings makes the payment poorer.
  const coins = available.filter((coin) => effectiveValue(coin, goal) > 0n).toSorted(smallestFirst);
  return withoutChange(coins, goal) ?? smallestSingle(coins, goal) ?? largestFirst(coins, goal);
}

/** What spending exactly these coins comes to; undefined when they are too few. */
export function settle<T extends SelectableCoin>(coins: readonly T[], goal: SelectionGoal): Selection<T> | undefined {
  const total = coins.reduce((sum, coin) => sum + coin.value, 0n);
  const inputs = coins.map((coin) => coin.template);
  const changeWeight = estimateWeight({
    inputs,
    outputScriptBytes: [goal.recipientScriptBytes, goal.changeScriptBytes],
  });
  const changeFee = feeForWeight(changeWeight, goal.rate);
  const change = total - goal.amount - (goal.subtractFee ? 0n : changeFee);
  if (change >= goal.changeDust) {
    return { coins, paid: total - change - changeFee, change, fee: changeFee, weight: changeWeight };
  }
  const weight = estimateWeight({ inputs, outputScriptBytes: [goal.recipientScriptBytes] });
  const leastFee = feeForWeight(weight, goal.rate);
  if (total < goal.amount + (goal.subtractFee ? 0n : leastFee)) return undefined;
  const paid = smaller(goal.amount, total - leastFee);
  return { coins, paid, change: 0n, fee: total - paid, weight };
}

function withoutChange<T extends SelectableCoin>(coins: readonly T[], goal: SelectionGoal): Selection<T> | undefined {
  // Change would cost its output now and an input later; and what could be an output of its own is no excess.
  const changeCost = outputFee(goal.changeScriptBytes, goal.rate) + inputFee("p2wpkh", goal.rate);
  const tolerance = goal.subtractFee ? goal.changeDust - 1n : smaller(changeCost, goal.changeDust - 1n);
  const effective = coins.map((coin) => ({ coin, effectiveValue: effectiveValue(coin, goal) }));
  const found = branchAndBound(effective, effectiveTarget(coins.length, goal), tolerance);
  return found === undefined ? undefined : settle(found, goal);
}

function smallestSingle<T extends SelectableCoin>(coins: readonly T[], goal: SelectionGoal): Selection<T> | undefined {
  for (const coin of coins) {
    if (coin.value < goal.amount) continue;
    const selection = settle([coin], goal);
    if (selection !== undefined) return selection;
  }
  return undefined;
}

function largestFirst<T extends SelectableCoin>(coins: readonly T[], goal: SelectionGoal): Selection<T> | undefined {
  const largest = coins.toReversed();
  const target = effectiveTarget(coins.length, goal);
  let effective = 0n;
  let count = 0;
  while (effective < target && count < largest.length) {
    effective += effectiveValue(largest[count] as T, goal);
    count++;
  }
  return settle(largest.slice(0, count), goal);
}

/** What effective values must add up to: never too little, whatever is chosen among so many coins. */
function effectiveTarget(coinCount: number, goal: SelectionGoal): bigint {
  return goal.amount + (goal.subtractFee ? 0n : fixedFee(coinCount, [goal.recipientScriptBytes], goal.rate));
}

/** What a coin brings towards the goal: its value less the fee for its own input, where the payer bears the fee. */
function effectiveValue(coin: SelectableCoin, goal: SelectionGoal): bigint {
  const value = coin.value - inputFee(coin.template, goal.rate);
  return goal.subtractFee && value > 0n ? coin.value : value;
}

function smallestFirst(a: SelectableCoin, b: SelectableCoin): number {
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
