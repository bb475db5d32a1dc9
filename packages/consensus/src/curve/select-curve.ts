import { AssertionFault } from "@forkyard/core/errors";
import type { Curve } from "@forkyard/core/ports/curve";
import { loadNativeCurve } from "./native.ts";
import { nobleCurve } from "./noble.ts";
import { firstWrongAnswer } from "./self-test.ts";
import { loadWasmCurve } from "./wasm.ts";

/** An engine that may or may not work on this machine. */
export interface CurveCandidate {
  readonly name: string;
  /** @throws Error when it cannot be loaded here */
  readonly load: () => Curve;
}

/** Fastest first; the last one needs nothing but JavaScript. */
export const CURVE_CANDIDATES: readonly CurveCandidate[] = [
  { name: "native", load: loadNativeCurve },
  { name: "wasm", load: loadWasmCurve },
  { name: "noble", load: () => nobleCurve },
];

/**
 * The first candidate that loads and answers every question of the self-test rightly.
 * @param onRefused told of each candidate passed over and why, to be logged
 * @throws AssertionFault when none is left: without a curve nothing may be verified
 */
export function selectCurve(
  candidates: readonly CurveCandidate[] = CURVE_CANDIDATES,
  onRefused: (name: string, reason: string) => void = () => {},
): Curve {
  for (const { name, load } of candidates) {
    const loaded = tryLoad(load);
    if (typeof loaded === "string") {
      onRefused(name, loaded);
      continue;
    }
    const wrong = firstWrongAnswer(loaded);
    if (wrong === undefined) return loaded;
    onRefused(name, wrong);
  }
  throw new AssertionFault("no secp256k1 engine works on this machine");
}

/** The engine, or why it cannot be loaded. */
function tryLoad(load: () => Curve): Curve | string {
  try {
    return load();
  } catch (error) {
    return `cannot be loaded: ${String(error)}`;
  }
}
