/** One thread of a batch: is told a scenario and a seed, answers what the run came to. */
import { assert } from "@forkyard/core/errors";
import type { ScenarioResult } from "../run/result.ts";
import { runScenario } from "../run/run-scenario.ts";
import { simulatedWorlds } from "../run/simulated-worlds.ts";
import { parseScenario } from "../scenario/parse-scenario.ts";
import { serveJobs } from "../threads/serve-jobs.ts";
import type { BatchJob } from "./run-batch.ts";

serveJobs(async ({ text, fileName, seed, twice }: BatchJob): Promise<ScenarioResult> => {
  const scenario = parseScenario(text, fileName);
  const run = (): Promise<ScenarioResult> => runScenario(scenario, simulatedWorlds, { seed, source: text });
  const result = await run();
  if (twice) assert((await run()).traceHash === result.traceHash, "a second run with this seed took another way");
  return result;
});
