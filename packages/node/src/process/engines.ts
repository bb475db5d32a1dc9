import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { installSha256 } from "@forkyard/consensus/sha256/install-sha256";
import type { Curve } from "@forkyard/core/ports/curve";

/**
 * For programs that check blocks or transactions without being a node: this process hashes with the fastest SHA-256
 * that works here from now on, and gets the fastest signature engine.
 */
export function startEngines(): Curve {
  installSha256();
  return selectCurve();
}
