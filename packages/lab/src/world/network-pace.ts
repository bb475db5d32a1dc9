import type { NetworkPace } from "@forkyard/node/laboratory/network-pace";
import type { ScenarioNetwork } from "../scenario/model.ts";

const MS_PER_SECOND = 1_000;

/** How fast the blocks of a scenario come, as nodes are told: the same in both worlds. */
export function paceOf({ blockIntervalMs, retarget, coinbaseMaturity }: ScenarioNetwork): NetworkPace {
  const spacingSeconds = Math.max(1, Math.round(blockIntervalMs / MS_PER_SECOND));
  return { spacingSeconds, retarget, coinbaseMaturity };
}
