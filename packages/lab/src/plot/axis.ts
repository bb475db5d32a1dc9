/** Where values stand on an axis, and what is written beside it. */
export interface Axis {
  /** Values with a line and a label, ascending. */
  readonly ticks: readonly number[];
  /** Ends of the axis. */
  readonly low: number;
  readonly high: number;
  /** Place of a value between the ends: 0 at `low`, 1 at `high`. */
  readonly place: (value: number) => number;
}

/** Roughly how many ticks an axis gets. */
const TICKS = 6;
const NICE_STEPS: readonly number[] = [1, 2, 5, 10];

/** An axis with round steps that holds all values. */
export function linearAxis(values: readonly number[]): Axis {
  const [least, most] = extent(values);
  const span = most > least ? most - least : Math.abs(most) || 1;
  const magnitude = 10 ** Math.floor(Math.log10(span / TICKS));
  const step = magnitude * (NICE_STEPS.find((nice) => span / (nice * magnitude) <= TICKS) ?? 10);
  const first = Math.floor(least / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(most / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  const low = ticks[0] ?? 0;
  const high = ticks.at(-1) ?? 1;
  return { ticks, low, high, place: (value) => (value - low) / (high - low) };
}

/** An axis of powers of ten that holds all values above 0. */
export function logAxis(values: readonly number[]): Axis {
  const positive = values.filter((value) => value > 0);
  const [least, most] = extent(positive.length === 0 ? [1] : positive);
  const first = Math.floor(Math.log10(least) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(most) - 1e-9));
  const stride = Math.ceil((last - first) / TICKS);
  const powers = Array.from({ length: Math.floor((last - first) / stride) + 1 }, (_, i) => first + i * stride);
  return {
    ticks: powers.map((power) => 10 ** power),
    low: 10 ** first,
    high: 10 ** last,
    place: (value) => (Math.log10(value) - first) / (last - first),
  };
}

/** A tick as short as it can be. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return value.toExponential().replace("+", "");
  return String(Number(value.toPrecision(6)));
}

function extent(values: readonly number[]): readonly [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least <= most ? [least, most] : [0, 1];
}
