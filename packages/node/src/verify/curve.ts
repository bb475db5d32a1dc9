import { selectCurve as select } from "@forkyard/consensus/curve/select-curve";
import type { Curve } from "@forkyard/core/ports/curve";

/** The fastest signature engine that works here. */
export function selectCurve(): Curve {
  return select();
}
