import type { Command } from "commander";
import { withJson } from "../context.ts";
import type { FuzzOptions } from "./scenario-fuzz-answers.ts";

const EXAMPLES = `
Every world is held to the invariants of a blockchain after each of its events. The first that breaks one is cut down to
its smallest list of events and written to --out; the exit code is then 1.

Examples:
  forkyard scenario fuzz
  forkyard scenario fuzz --seeds 10000 --nodes 8
  forkyard scenario fuzz --seed 4711 --seeds 1          the world of this one seed
  forkyard scenario fuzz --replay fuzz-4711.yaml        a world that was cut down, once more`;

/** `forkyard scenario fuzz`: random worlds held to invariants. */
export function addScenarioFuzz(scenario: Command): void {
  withJson(scenario.command("fuzz"))
    .description("look for a fault of the node in random worlds: forks, partitions, crashes, bad disks, hostile peers")
    .option("--seeds <number>", "how many worlds", "1000")
    .option("--seed <number>", "seed of the first one", "1")
    .option("--nodes <number>", "nodes of a world at most (default: 5)")
    .option("--threads <number>", "threads (default: one for each core)")
    .option("--out <file>", "where the smallest failing world goes (default: fuzz-SEED.yaml)")
    .option("--replay <file>", "run the world of a file that was written so")
    .addHelpText("after", EXAMPLES)
    .action(async (options: FuzzOptions) => (await import("./scenario-fuzz-answers.ts")).answerFuzz(options));
}
