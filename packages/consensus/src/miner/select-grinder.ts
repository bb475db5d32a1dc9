import { InputError } from "@forkyard/core/errors";
import type { Clock } from "@forkyard/core/ports/clock";
import type { Grinder } from "./grinder.ts";
import { javascriptGrinder } from "./javascript-grinder.ts";
import { simd128Kernel, simd256Kernel } from "./kernel/kernels.ts";
import { CALIBRATION_BATCH_HASHES, CALIBRATION_MS } from "./limits.ts";
import { selfTest } from "./self-test.ts";
import { WasmGrinder } from "./wasm-grinder.ts";

/** A grinder that may or may not work on this machine. */
export interface GrinderCandidate {
  readonly name: string;
  /** Looked at only when none before it works: every start of a node pays for a look. */
  readonly fallback?: boolean;
  /** @throws anything when it does not work here */
  create(): Grinder;
}

export interface MeasuredGrinder {
  readonly grinder: Grinder;
  /** Hashes a second. */
  readonly hashRate: number;
}

export interface GrinderChoice extends MeasuredGrinder {
  /** Candidates that do not work here, with one line that says why. */
  readonly rejected: readonly { readonly name: string; readonly reason: string }[];
}

/** All grinders there are; `turbo` adds the one that needs an experimental V8 flag. */
export function grinderCandidates(options: { readonly turbo: boolean }): GrinderCandidate[] {
  const kernels = options.turbo ? [simd256Kernel, simd128Kernel] : [simd128Kernel];
  return [
    ...kernels.map((kernel) => ({ name: kernel.name, create: () => new WasmGrinder(kernel) })),
    { name: javascriptGrinder.name, fallback: true, create: () => javascriptGrinder },
  ];
}

/**
 * Tests each candidate against plain hashing, measures the ones that pass, and takes the fastest; a fallback when there
 * is no other.
 * @throws InputError when none works
 */
export function selectGrinder(candidates: readonly GrinderCandidate[], clock: Clock): GrinderChoice {
  const rejected: { name: string; reason: string }[] = [];
  let best: MeasuredGrinder | undefined;
  for (const candidate of candidates) {
    if (candidate.fallback === true && best !== undefined) continue;
    const measured = tryCandidate(candidate, clock);
    if ("reason" in measured) rejected.push({ name: candidate.name, reason: measured.reason });
    else if (best === undefined || measured.hashRate > best.hashRate) best = measured;
  }
  if (best === undefined)
    throw new InputError(`no way to mine works here: ${rejected.map((r) => r.reason).join("; ")}`);
  return { ...best, rejected };
}

function tryCandidate(candidate: GrinderCandidate, clock: Clock): MeasuredGrinder | { readonly reason: string } {
  try {
    const grinder = candidate.create();
    selfTest(grinder);
    return { grinder, hashRate: calibrate(grinder, clock) };
  } catch (error) {
    return { reason: `${candidate.name}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/**
 * Hashes a second of the fastest batch within the calibration time. Not the average: the engine optimises the code
 * while it runs, and other programs take the processor away now and then.
 */
function calibrate(grinder: Grinder, clock: Clock): number {
  const header = new Uint8Array(80);
  const startMs = clock.monotonicMs();
  let bestMs = Number.POSITIVE_INFINITY;
  let nowMs = startMs;
  for (let nonce = 0; nowMs - startMs < CALIBRATION_MS; nonce += CALIBRATION_BATCH_HASHES) {
    const beforeMs = nowMs;
    grinder.grind(header, 0n, nonce, CALIBRATION_BATCH_HASHES);
    nowMs = clock.monotonicMs();
    bestMs = Math.min(bestMs, nowMs - beforeMs);
  }
  return (CALIBRATION_BATCH_HASHES / bestMs) * 1000;
}
