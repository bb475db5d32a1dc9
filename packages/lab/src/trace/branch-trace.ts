import { InputError } from "@forkyard/core/errors";
import type { ExecPort } from "../run/exec-port.ts";
import type { ScenarioResult } from "../run/result.ts";
import { runScenario } from "../run/run-scenario.ts";
import { simulatedWorlds } from "../run/simulated-worlds.ts";
import type { Scenario } from "../scenario/model.ts";
import { parseScenario } from "../scenario/parse-scenario.ts";
import { type LineSource, readOrigin, readRun, scenarioOfRun } from "./read-trace.ts";
import type { TraceOrigin } from "./trace-entry.ts";
import type { LineSink } from "./trace-writer.ts";

export interface BranchOptions {
  readonly atMs: number;
  /** Text and name of the file whose timeline, actors and expectations take over. */
  readonly text: string;
  readonly file: string;
  readonly origin: Omit<TraceOrigin, "trace">;
  readonly traceLine?: LineSink | undefined;
  readonly exec?: ExecPort | undefined;
}

/**
 * Runs the first run of a trace up to a moment, and on from there as another file says. Times in that file count from the
 * beginning, as in the trace; its nodes and wallets must be those of the trace. The same branch always comes out the same.
 */
export async function branchTrace(
  next: LineSource,
  options: BranchOptions,
): Promise<{ readonly scenario: Scenario; readonly result: ScenarioResult }> {
  readOrigin(next());
  const line = next();
  if (line === undefined) throw new InputError("the trace holds no run");
  const run = readRun(line, 2);
  const scenario = parseScenario(options.text, options.file);
  const original: Scenario = { ...scenarioOfRun(run), variants: [] };
  requireSameCast(original, scenario, options.file);
  const { atMs, text, origin, traceLine, exec } = options;
  if (atMs >= scenario.timeLimitMs) {
    throw new InputError(`${options.file} is over at its timeLimit, before the moment at which it is to take over`);
  }
  const result = await runScenario(original, simulatedWorlds, {
    seed: run.seed,
    source: run.scenario,
    branch: { atMs, scenario, source: text },
    origin,
    traceLine,
    exec,
  });
  return { scenario, result };
}

function requireSameCast(original: Scenario, other: Scenario, file: string): void {
  for (const key of ["nodes", "wallets"] as const) {
    const [ours, theirs] = [original, other].map((scenario) => scenario[key].map(({ name }) => name).join(", "));
    if (ours !== theirs) throw new InputError(`${file}: its ${key} are ${theirs}; the trace has ${ours}`);
  }
}
