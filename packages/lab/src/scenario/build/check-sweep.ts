import { MAX_SWEEP_POINTS } from "../../limits.ts";
import { explainIssues } from "../explain-issues.ts";
import { Mistakes } from "../mistakes.ts";
import { scenarioSchema } from "../schema/scenario-schema.ts";
import type { WrittenScenario } from "../written.ts";
import { buildScenario, type ScenarioOrigin } from "./build-scenario.ts";
import { withSettings } from "./with-settings.ts";

/** Sees that every value of a sweep makes a scenario, the other ranges at their first. */
export function checkSweep(written: WrittenScenario, origin: ScenarioOrigin, mistakes: Mistakes): void {
  const ranges = Object.entries(written.sweep?.ranges ?? {});
  const points = ranges.reduce((product, [, values]) => product * values.length, 1);
  if (points > MAX_SWEEP_POINTS) {
    mistakes.add(["sweep", "ranges"], `${points} points: at most ${MAX_SWEEP_POINTS}`);
    return;
  }
  const { sweep: _, variants: __, ...plain } = written;
  const first = Object.fromEntries(ranges.map(([path, values]) => [path, values[0]]));
  for (const [path, values] of ranges) {
    for (const [index, value] of values.entries()) {
      const fault = faultOf(plain, { ...first, [path]: value }, origin);
      if (fault !== undefined) {
        mistakes.add(["sweep", "ranges", path, index], fault);
        break;
      }
    }
  }
}

function faultOf(
  written: Omit<WrittenScenario, "sweep" | "variants">,
  settings: Readonly<Record<string, unknown>>,
  origin: ScenarioOrigin,
): string | undefined {
  const { document, faults } = withSettings(written, settings);
  if (faults[0] !== undefined) return faults[0].message;
  const result = scenarioSchema.safeParse(document);
  const found = new Mistakes();
  if (result.success) buildScenario(result.data, origin, found);
  else explainIssues(result.error.issues, document, found);
  return found.found[0]?.message;
}
