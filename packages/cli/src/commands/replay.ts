import { InputError } from "@forkyard/core/errors";
import type { Command } from "commander";
import { outputOf, withJson } from "../context.ts";
import { CommandFailed } from "../exit-code.ts";
import type { Output } from "../output/output.ts";
import { version } from "../version.ts";

const EXAMPLES = `
A trace is what forkyard scenario run --trace FILE wrote. A trace of the simulator must come out again line by line; a trace of a
live devnet is fed into simulated nodes block by block and must give the same block tree, tips and reorganisations.
Exit code: 0 the same, 1 it went another way (the first difference is shown), 2 this is no trace.

Examples:
  forkyard replay attack.jsonl
  forkyard replay attack.jsonl --until 90m --step
  forkyard replay attack.jsonl --branch 90m --with other-end.yaml`;

interface ReplayCommandOptions {
  readonly json?: boolean;
  readonly until?: string;
  readonly step?: boolean;
  readonly branch?: string;
  readonly with?: string;
  readonly trace?: string;
  readonly allowExec?: boolean;
}

export function addReplay(program: Command): void {
  withJson(program.command("replay"))
    .description("run a trace again and compare, or go on differently from a moment")
    .argument("<trace>", "file that scenario run --trace wrote")
    .option("--until <time>", "stop at this moment of the scenario: 90m")
    .option("--step", "show each line; on a terminal wait for Enter")
    .option("--branch <time>", "from this moment on, --with takes over")
    .option("--with <file>", "scenario of the same nodes, whose timeline and actors take over")
    .option("--trace <file>", "write the trace of the branch")
    .option("--allow-exec", "let the scenario run commands of its own on this machine")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, options: ReplayCommandOptions) => {
      const output = outputOf(options);
      if ((options.branch === undefined) !== (options.with === undefined)) {
        throw new InputError("--branch TIME and --with FILE belong together");
      }
      if (options.branch !== undefined && options.with !== undefined) {
        await branch(file, options.branch, options.with, options, output);
      } else await replay(file, options, output);
    });
}

async function replay(file: string, options: ReplayCommandOptions, output: Output): Promise<void> {
  const { replayTrace } = await import("@forkyard/lab/trace/replay-trace");
  const { traceLines } = await import("../scenario/trace-lines.ts");
  const { stepper } = await import("../scenario/stepper.ts");
  const { isLiveTrace } = await import("@forkyard/lab/trace/read-trace");
  if (isLiveTrace(traceLines(file))) {
    await replayLive(file, output);
    return;
  }
  const result = await replayTrace(traceLines(file), {
    untilMs: options.until === undefined ? undefined : await parseTime("--until", options.until),
    onLine: options.step === true ? stepper(output) : undefined,
    exec: await execOf(options),
  });
  const { difference, runs, lines, origin } = result;
  const here = difference === undefined ? undefined : (await import("../scenario/commit.ts")).commit();
  const document = {
    same: difference === undefined,
    lines,
    runs,
    origin,
    ...(difference === undefined ? {} : { difference }),
  };
  output.result(document, () => {
    if (difference === undefined) return [`${output.style("green", "the same")}: ${lines} lines, ${hashText(runs)}`];
    return [
      `${output.style("red", "another way")} from line ${difference.line} on:`,
      `  trace   ${cut(difference.trace)}`,
      `  replay  ${cut(difference.replay)}`,
      ...(origin.forkyard === version() ? [] : [`  the trace is of version ${origin.forkyard}, this is ${version()}`]),
      ...(here === undefined || origin.commit === undefined || origin.commit === here
        ? []
        : [
            `  the trace is of commit ${origin.commit.slice(0, 12)}, this is ${here.slice(0, 12)}: the code may have changed`,
          ]),
    ];
  });
  if (difference !== undefined) throw new CommandFailed("the replay went another way");
}

async function replayLive(file: string, output: Output): Promise<void> {
  const { replayLiveTrace } = await import("@forkyard/lab/trace/replay-live-trace");
  const { traceLines } = await import("../scenario/trace-lines.ts");
  const result = await replayLiveTrace(traceLines(file));
  output.result(result, () => [
    `${result.same ? output.style("green", "the same block tree") : output.style("red", "another block tree")}: ${result.blocks} blocks, ${result.reorgs} reorganisations, ${result.tips} tips`,
    ...result.differences.map((difference) => `  ${difference}`),
  ]);
  if (!result.same) throw new CommandFailed("the block tree is not the same");
}

async function branch(
  file: string,
  time: string,
  otherFile: string,
  options: ReplayCommandOptions,
  output: Output,
): Promise<void> {
  const { branchTrace } = await import("@forkyard/lab/trace/branch-trace");
  const { traceLines } = await import("../scenario/trace-lines.ts");
  const { TraceFile } = await import("../scenario/trace-file.ts");
  const { orShowMistakesOf } = await import("../scenario/file-mistakes.ts");
  const { readScenarioText } = await import("../scenario/library.ts");
  const { scenarioLines } = await import("../output/scenario-lines.ts");
  const text = readScenarioText(otherFile);
  const atMs = await parseTime("--branch", time);
  const trace = options.trace === undefined ? undefined : new TraceFile(options.trace);
  try {
    const { scenario, result } = await orShowMistakesOf(output, async () =>
      branchTrace(traceLines(file), {
        atMs,
        text,
        file: otherFile,
        origin: { forkyard: version() },
        traceLine: trace?.write,
        exec: await execOf(options),
      }),
    );
    const command = `forkyard replay ${file} --branch ${time} --with ${otherFile}`;
    output.result(result, () => scenarioLines(scenario, result, command, output));
    if (!result.passed) throw new CommandFailed("an expectation does not hold");
  } finally {
    trace?.close();
  }
}

async function execOf(
  options: ReplayCommandOptions,
): Promise<import("@forkyard/lab/run/exec-port").ExecPort | undefined> {
  if (options.allowExec !== true) return undefined;
  return (await import("@forkyard/lab/exec/run-command")).runCommand;
}

async function parseTime(flag: string, text: string): Promise<number> {
  const { durationMs } = await import("@forkyard/lab/scenario/values");
  const result = durationMs.safeParse(text);
  if (result.success) return result.data;
  throw new InputError(`${flag} ${JSON.stringify(text)}: a duration has a unit: 30s, 90m, 2h`);
}

const SHOWN_CHARACTERS = 300;
const HASH_CHARACTERS = 16;

function cut(line: string): string {
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}

function hashText(runs: readonly { readonly traceHash: string | undefined }[]): string {
  const hashes = runs.flatMap(({ traceHash }) => traceHash?.slice(0, HASH_CHARACTERS) ?? []);
  return hashes.length === 0 ? "stopped before the end" : `trace ${hashes.join(", ")}`;
}
