import type { Command } from "commander";
import { withJson } from "../context.ts";
import type { SweepMergeOptions, SweepRunOptions } from "./sweep-answers.ts";

const EXAMPLES = `
Examples:
  forkyard sweep run selfish-mining --csv selfish.csv --plot selfish.svg
  forkyard sweep run my-attack.yaml --seeds 1000 --out my-attack.jsonl        gone on with when it is started again
  forkyard sweep run my-attack.yaml --shard 2/8 --out part-2.jsonl            one of eight machines
  forkyard sweep merge part-*.jsonl --csv my-attack.csv --json`;

/** `forkyard sweep`: a scenario with ranges of values and many seeds for each. */
export function addSweep(program: Command): void {
  const sweep = program
    .command("sweep")
    .description("run a scenario over ranges of values with many seeds, on all cores or many machines")
    .addHelpText("after", EXAMPLES);
  withOutputs(sweep.command("run"))
    .description('run the "sweep" of a scenario in the simulator')
    .argument("<scenario>", "a scenario of the library, or a file")
    .option("--seeds <number>", "runs for each point (default: what the file says)")
    .option("--seed <number>", "the first seed (default: the file's)")
    .option("--shard <i/n>", "only the i-th of n parts, for many machines", "1/1")
    .option("--out <file>", "results, one line for each run (default: NAME.sweep.jsonl)")
    .option("--threads <number>", "threads (default: one for each core)")
    .action(async (scenario: string, options: SweepRunOptions) =>
      (await import("./sweep-answers.ts")).answerSweepRun(scenario, options),
    );
  withOutputs(sweep.command("merge"))
    .description("join the results of a sweep that ran in parts")
    .argument("<files...>", "results files")
    .action(async (files: readonly string[], options: SweepMergeOptions) =>
      (await import("./sweep-answers.ts")).answerSweepMerge(files, options),
    );
}

/** Adds --json, --csv and --plot. */
function withOutputs(command: Command): Command {
  return withJson(command)
    .option("--csv <file>", "write a table with one line for each point")
    .option("--plot <file>", "draw the first measure over the first range as SVG");
}
