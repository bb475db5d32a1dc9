import { InputError } from "@forkyard/core/errors";
import type { Scenario } from "@forkyard/lab/scenario/model";
import type { WorldEvent } from "@forkyard/lab/world/event";
import type { Command } from "commander";
import { outputOf, withJson } from "../context.ts";
import { CommandFailed } from "../exit-code.ts";
import type { Output } from "../output/output.ts";
import { version } from "../version.ts";

const EXAMPLES = `
NAME|FILE: a scenario of the library (forkyard scenario list), or a file.
Exit code: 0 every expectation holds, 1 one does not, 2 the file is wrong (FILE:LINE:COLUMN: what is allowed there).

Examples:
  forkyard scenario run double-spend-51
  forkyard scenario run my-attack.yaml --seed 7 --trace my-attack.jsonl --report my-attack.html
  forkyard scenario run race --live --json`;

export interface ScenarioRunOptions {
  readonly json?: boolean;
  readonly sim?: boolean;
  readonly live?: boolean;
  readonly seed?: string;
  readonly junit?: string;
  readonly trace?: string;
  readonly report?: string;
  readonly allowExec?: boolean;
}

export function addScenarioRun(parent: Command): void {
  withJson(parent.command("run"))
    .description("run a scenario and hold it against what it expects")
    .argument("<scenario>", "name in the library, or file")
    .option("--sim", "in the simulator, on a virtual clock (default)")
    .option("--live", "on the processes of a live devnet")
    .option("--seed <number>", "what chance begins with (default: the file's)")
    .option("--trace <file>", "write everything that happens, as JSON lines; forkyard replay reads it")
    .option("--report <file>", "write one HTML page: block tree, timeline, payments")
    .option("--junit <file>", "write the expectations as JUnit XML")
    .option("--allow-exec", "let the scenario run commands of its own on this machine")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string, options: ScenarioRunOptions) => {
      if (options.sim === true && options.live === true) throw new InputError("--sim or --live, not both");
      const output = outputOf(options);
      const { findScenario, readScenarioText } = await import("../scenario/library.ts");
      const { orShowMistakes } = await import("../scenario/file-mistakes.ts");
      const { parseScenario } = await import("@forkyard/lab/scenario/parse-scenario");
      const file = findScenario(name);
      const source = readScenarioText(file);
      const scenario = orShowMistakes(output, () => parseScenario(source, file));
      await runAndTell(scenario, source, name, options, output);
    });
}

async function runAndTell(
  scenario: Scenario,
  source: string,
  name: string,
  options: ScenarioRunOptions,
  output: Output,
): Promise<void> {
  const world = options.live === true ? "live" : "sim";
  refuseWrongWorld(scenario, world, name);
  const { worldsOf } = await import("../scenario/worlds.ts");
  const { runScenario } = await import("@forkyard/lab/run/run-scenario");
  const { TraceFile } = await import("../scenario/trace-file.ts");
  const { commit } = await import("../scenario/commit.ts");
  const { scenarioLines } = await import("../output/scenario-lines.ts");
  const { writeReport, writeJunit } = await import("../scenario/run-files.ts");
  const seed = options.seed === undefined ? scenario.seed : parseSeed(options.seed);
  const trace = options.trace === undefined ? undefined : new TraceFile(options.trace);
  const commitHash = trace === undefined ? undefined : commit();
  const events: WorldEvent[] = [];
  const { runCommand } = await import("@forkyard/lab/exec/run-command");
  const command = repeatingCommand(name, seed, options);
  try {
    const result = await runScenario(scenario, await worldsOf(world, output), {
      seed,
      source,
      origin: { forkyard: version(), ...(commitHash === undefined ? {} : { commit: commitHash }) },
      traceLine: trace?.write,
      exec: options.allowExec === true ? runCommand : undefined,
      onEvent: (event, variant) => {
        if (options.report !== undefined && variant === undefined) events.push(event);
        if (event.type === "mined") output.progress(`block ${event.height} of ${event.node}`);
      },
    });
    if (options.report !== undefined) writeReport(options.report, scenario, { result, events, command });
    if (options.junit !== undefined) writeJunit(options.junit, result);
    output.result(result, () => scenarioLines(scenario, result, command, output));
    if (!result.passed) throw new CommandFailed("an expectation does not hold");
  } finally {
    trace?.close();
  }
}

function refuseWrongWorld(scenario: Scenario, world: "sim" | "live", name: string): void {
  if (scenario.worlds.includes(world)) return;
  throw new InputError(`${name} runs in ${scenario.worlds.join(", ")} only: worlds: [sim, live] in the file allows it`);
}

export function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d{1,10}$/.test(text) && seed <= 0xffffffff) return seed;
  throw new InputError(`--seed ${JSON.stringify(text)}: give a whole number from 0 to 4294967295`);
}

/** What runs the same again. */
function repeatingCommand(name: string, seed: number, options: ScenarioRunOptions): string {
  const flags = [...(options.live === true ? ["--live"] : []), ...(options.allowExec === true ? ["--allow-exec"] : [])];
  const quoted = /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
  return ["forkyard scenario run", quoted, `--seed ${seed}`, ...flags].join(" ");
}
