import { InputError } from "@forkyard/core/errors";
import { compareWorlds, type WorldDifference } from "@forkyard/lab/run/compare-worlds";
import type { Scenario } from "@forkyard/lab/scenario/model";
import type { WorldEvent } from "@forkyard/lab/world/event";
import type { Command } from "commander";
import { outputOf, withJson } from "../context.ts";
import { CommandFailed } from "../exit-code.ts";
import type { Output } from "../output/output.ts";
import { table } from "../output/table.ts";
import type { FinishedRun } from "../scenario/run-files.ts";
import { version } from "../version.ts";

const EXAMPLES = `
NAME|FILE: a scenario of the library (forkyard scenario list), or a file.
Exit code: 0 every expectation holds, 1 one does not, 2 the file is wrong (FILE:LINE:COLUMN: what is allowed there).

Examples:
  forkyard scenario run double-spend-51
  forkyard scenario run my-attack.yaml --seed 7 --trace my-attack.jsonl --report my-attack.html
  forkyard scenario run race --live --json
  forkyard scenario run race --sim --live            both, and where they differ`;

export interface ScenarioRunOptions {
  readonly json?: boolean;
  readonly sim?: boolean;
  readonly live?: boolean;
  readonly seed?: string;
  readonly junit?: string;
  readonly trace?: string;
  readonly report?: string;
  readonly tree?: string;
  readonly allowExec?: boolean;
}

export function addScenarioRun(parent: Command): void {
  withJson(parent.command("run"))
    .description("run a scenario and hold it against what it expects")
    .argument("<scenario>", "name in the library, or file")
    .option("--sim", "in the simulator, on a virtual clock (default)")
    .option("--live", "on the processes of a live devnet; with --sim: in both, and where they differ")
    .option("--seed <number>", "what chance begins with (default: the file's)")
    .option("--trace <file>", "write everything that happens, as JSON lines; forkyard replay reads it")
    .option("--report <file>", "write one HTML page: block tree, timeline, payments")
    .option("--tree <file>", "draw the block tree for papers: FILE.svg, or FILE.png")
    .option("--junit <file>", "write the expectations as JUnit XML")
    .option("--allow-exec", "let the scenario run commands of its own on this machine")
    .addHelpText("after", EXAMPLES)
    .action(async (name: string, options: ScenarioRunOptions) => {
      const output = outputOf(options);
      const { findScenario, readScenarioText } = await import("../scenario/library.ts");
      const { orShowMistakes } = await import("../scenario/file-mistakes.ts");
      const { parseScenario } = await import("@forkyard/lab/scenario/parse-scenario");
      const file = findScenario(name);
      const source = readScenarioText(file);
      const scenario = orShowMistakes(output, () => parseScenario(source, file));
      await runAndTell({ scenario, source, name }, options, output);
    });
}

type WorldKind = "sim" | "live";

async function runAndTell(asked: AskedRun, options: ScenarioRunOptions, output: Output): Promise<void> {
  const { scenario } = asked;
  const both = options.sim === true && options.live === true;
  const kinds: readonly WorldKind[] = both ? ["sim", "live"] : [options.live === true ? "live" : "sim"];
  for (const kind of kinds) refuseWrongWorld(scenario, kind, asked.name);
  const { scenarioLines } = await import("../output/scenario-lines.ts");
  const { writeReport, writeJunit, writeTree } = await import("../scenario/run-files.ts");
  const runs: FinishedRun[] = [];
  for (const kind of kinds) runs.push(await runIn(kind, asked, options, output));
  const [first, second] = runs;
  if (first === undefined) return;
  const differences = second === undefined ? undefined : compareWorlds(first.result, second.result);
  if (options.report !== undefined) writeReport(options.report, scenario, { ...first, differences });
  if (options.tree !== undefined) await writeTree(options.tree, scenario, first);
  const last = second ?? first;
  if (options.junit !== undefined) writeJunit(options.junit, last.result);
  const document = second === undefined ? first.result : { sim: first.result, live: second.result, differences };
  output.result(document, () => [
    ...runs.flatMap(({ result, command }) => [...scenarioLines(scenario, result, command, output), ""]).slice(0, -1),
    ...differenceLines(differences),
  ]);
  if (!runs.every(({ result }) => result.passed)) throw new CommandFailed("an expectation does not hold");
}

interface AskedRun {
  readonly scenario: Scenario;
  readonly source: string;
  /** As the person called it. */
  readonly name: string;
}

async function runIn(
  kind: WorldKind,
  { scenario, source, name }: AskedRun,
  options: ScenarioRunOptions,
  output: Output,
): Promise<FinishedRun> {
  const { worldsOf } = await import("../scenario/worlds.ts");
  const { runScenario } = await import("@forkyard/lab/run/run-scenario");
  const { runCommand } = await import("@forkyard/lab/exec/run-command");
  const { TraceFile } = await import("../scenario/trace-file.ts");
  const { commit } = await import("../scenario/commit.ts");
  const seed = options.seed === undefined ? scenario.seed : parseSeed(options.seed);
  // A trace is that of one world: of both, the live one can be replayed in the other.
  const traced = options.trace !== undefined && (kind === "live" || options.live !== true);
  const trace = traced ? new TraceFile(options.trace) : undefined;
  const commitHash = trace === undefined ? undefined : commit();
  const events: WorldEvent[] = [];
  const wantsEvents = options.report !== undefined || options.tree !== undefined;
  try {
    const result = await runScenario(scenario, await worldsOf(kind, output), {
      seed,
      source,
      origin: { forkyard: version(), ...(commitHash === undefined ? {} : { commit: commitHash }) },
      traceLine: trace?.write,
      exec: options.allowExec === true ? runCommand : undefined,
      onEvent: (event, variant) => {
        if (wantsEvents && variant === undefined) events.push(event);
        if (event.type === "mined") output.progress(`block ${event.height} of ${event.node}`);
      },
    });
    return { result, events, command: repeatingCommand(name, seed, kind, options) };
  } finally {
    trace?.close();
  }
}

function differenceLines(differences: readonly WorldDifference[] | undefined): readonly string[] {
  if (differences === undefined) return [];
  if (differences.length === 0) return ["", "the two worlds came to the same"];
  const rows = differences.map(({ what, sim, live }) => [what, sim, live]);
  return ["", ...table(["where the worlds differ", "simulator", "live"], rows)];
}

function refuseWrongWorld(scenario: Scenario, world: WorldKind, name: string): void {
  if (scenario.worlds.includes(world)) return;
  throw new InputError(`${name} runs in ${scenario.worlds.join(", ")} only: worlds: [sim, live] in the file allows it`);
}

export function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d{1,10}$/.test(text) && seed <= 0xffffffff) return seed;
  throw new InputError(`--seed ${JSON.stringify(text)}: give a whole number from 0 to 4294967295`);
}

/** What runs the same again. */
function repeatingCommand(name: string, seed: number, kind: WorldKind, options: ScenarioRunOptions): string {
  const flags = [...(kind === "live" ? ["--live"] : []), ...(options.allowExec === true ? ["--allow-exec"] : [])];
  const quoted = /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
  return ["forkyard scenario run", quoted, `--seed ${seed}`, ...flags].join(" ");
}
