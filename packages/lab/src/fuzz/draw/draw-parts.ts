import type { ScenarioNetwork } from "../../scenario/model.ts";
import type { RandomStream } from "../../world/sim/random/stream.ts";
import type { NodeName, WalletName } from "../../world/world.ts";
import type { FuzzEvent } from "../fuzz-world.ts";

/** What is drawn first, and what faults are then drawn for. */
export interface WorldShape {
  readonly network: ScenarioNetwork;
  readonly nodes: readonly NodeName[];
  readonly pairs: readonly (readonly [NodeName, NodeName])[];
  readonly wallets: readonly WalletName[];
  readonly durationMs: number;
}

/**
 * Draws one group of events of a class: what belongs together, such as a crash and the start after it.
 * @param index of the group, for names
 */
export type DrawGroup = (random: RandomStream, shape: WorldShape, index: number) => readonly Omit<FuzzEvent, "fault">[];

export function pick<T>(random: RandomStream, items: readonly T[]): T {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new RangeError("nothing to pick from");
  return item;
}

/** A whole number from `low` to `high`. */
export function between(random: RandomStream, low: number, high: number): number {
  return low + random.below(high - low + 1);
}

export function chance(random: RandomStream, probability: number): boolean {
  return random.uniform() < probability;
}

/** A moment in the first `share` of the world's time, whole milliseconds. */
export function moment(random: RandomStream, { durationMs }: WorldShape, share = 1): number {
  return Math.floor(random.uniform() * durationMs * share);
}

/** Some time later, before everything is healed. */
export function later(random: RandomStream, atMs: number, { durationMs }: WorldShape): number {
  return atMs + 1 + Math.floor(random.uniform() * Math.max(1, durationMs - atMs - 1));
}
