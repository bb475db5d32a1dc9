/** One line of the result. */
export interface BenchResult {
  readonly name: string;
  readonly unit: string;
  /** Mean of the samples. */
  readonly value: number;
  readonly median: number;
  readonly samples: readonly number[];
  readonly clock: BenchClock;
}

/**
 * `thread-cpu`, `process-cpu`: time that other programs took from this one does not count. `wall`: it does. `none`: the
 * figure is no time.
 */
export type BenchClock = "thread-cpu" | "process-cpu" | "wall" | "none";

/** Something to measure. */
export interface BenchCase {
  readonly name: string;
  readonly unit: string;
  readonly clock: BenchClock;
  /** Does it once and gives the figure of this time. */
  sample(): number | Promise<number>;
}

/** A part of the benchmark; `--only` chooses by name. */
export interface Suite {
  readonly name: string;
  /** One line: what is measured, of what, how. */
  readonly about: string;
  /** Takes so long that it runs only when it is asked for. */
  readonly onlyByName?: boolean;
  run(progress: (line: string) => void): Promise<readonly BenchResult[]>;
}

/**
 * Measures the cases in turn, round after round, so that a machine that slows down or speeds up does so for all of
 * them. A round before the first warms up and does not count.
 */
export async function measure(
  cases: readonly BenchCase[],
  rounds: number,
  progress: (line: string) => void,
): Promise<BenchResult[]> {
  const samples = cases.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, benchCase] of cases.entries()) {
      const figure = await benchCase.sample();
      if (round > 0) samples[i]?.push(figure);
    }
    progress(round === 0 ? "warmed up" : `round ${round} of ${rounds}`);
  }
  return cases.map(({ name, unit, clock }, i) => summary(name, unit, clock, samples[i] ?? []));
}

export function summary(name: string, unit: string, clock: BenchClock, samples: readonly number[]): BenchResult {
  const value = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  return { name, unit, value: rounded(value), median: rounded(median(samples)), samples: samples.map(rounded), clock };
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** Milliseconds of processor time that `work` took on this thread. */
export function threadCpuMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const used = process.threadCpuUsage(before);
  return (used.user + used.system) / 1000;
}

/** Five digits are more than any measurement here is good for. */
function rounded(figure: number): number {
  return Number(figure.toPrecision(5));
}
