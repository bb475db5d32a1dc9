import type { WorldDifference } from "../run/compare-worlds.ts";
import type { ScenarioResult } from "../run/result.ts";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";

/** Everything that a report tells about one run. */
export interface RunRecord {
  readonly title: string;
  /** The explanation at the head of the scenario file, as plain text. */
  readonly explanation: string;
  readonly nodes: readonly { readonly name: NodeName; readonly hashShare: number }[];
  readonly result: ScenarioResult;
  readonly events: readonly WorldEvent[];
  /** What repeats the run on a terminal. */
  readonly command: string;
  /** What came out otherwise in the other world, when it ran in both. */
  readonly differences?: readonly WorldDifference[] | undefined;
}
