import { InputError } from "@forkyard/core/errors";
import type { Settings } from "../scenario/build/with-settings.ts";
import type { SweepPlan } from "../scenario/model.ts";

/** One run of a sweep. */
export interface SweepJob {
  /** Place among all runs of the sweep, whichever machine does it. */
  readonly job: number;
  /** Place of its point among all points. */
  readonly point: number;
  readonly settings: Settings;
  readonly seed: number;
}

/** Every combination of the ranges' values; the last range changes fastest. */
export function sweepPoints(plan: Pick<SweepPlan, "ranges">): readonly Settings[] {
  return plan.ranges.reduce<Settings[]>(
    (points, { path, values }) => points.flatMap((point) => values.map((value) => ({ ...point, [path]: value }))),
    [{}],
  );
}

/** Every run: each point with each seed, from `firstSeed` on. */
export function* sweepJobs(plan: SweepPlan, firstSeed: number): Generator<SweepJob> {
  let job = 0;
  for (const [point, settings] of sweepPoints(plan).entries()) {
    for (let i = 0; i < plan.seeds; i++) yield { job: job++, point, settings, seed: firstSeed + i };
  }
}

/** A part of a sweep: every `of`th run, from the `index`th on. */
export interface Shard {
  /** 1 to `of`. */
  readonly index: number;
  readonly of: number;
}

/** Reads `2/8`. @throws InputError */
export function parseShard(text: string): Shard {
  const [, index, of] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (index === undefined || of === undefined || index < 1 || index > of) {
    throw new InputError(`a shard is written i/n, the i-th of n parts, 1 to n: not ${JSON.stringify(text)}`);
  }
  return { index, of };
}

export function inShard({ job }: SweepJob, { index, of }: Shard): boolean {
  return job % of === index - 1;
}
