import type { Command } from "commander";
import { withJson } from "../context.ts";
import type { ScenarioTestOptions } from "./scenario-test-answers.ts";

const EXAMPLES = `
Without a name or file the whole library is run, incidents of history included. Seeds count up from --seed, or from each
file's own. Exit code: 0 every expectation holds, 1 one does not, 2 a file is wrong.

Examples:
  forkyard scenario test
  forkyard scenario test my-attack.yaml race --seeds 20 --junit attacks.xml
  forkyard scenario test --seeds 3 --twice              each run twice: the same trace, or it fails`;

/** `forkyard scenario test`: many scenarios and seeds at once. */
export function addScenarioTest(scenario: Command): void {
  withJson(scenario.command("test"))
    .description("run many scenarios with many seeds in the simulator, on all cores")
    .argument("[scenarios...]", "names in the library, or files (default: the library)")
    .option("--seeds <number>", "runs of each scenario", "1")
    .option("--seed <number>", "seed of the first run (default: the file's)")
    .option("--twice", "run everything twice and compare the traces")
    .option("--threads <number>", "threads (default: one for each core)")
    .option("--junit <file>", "write the expectations as JUnit XML")
    .addHelpText("after", EXAMPLES)
    .action(async (names: readonly string[], options: ScenarioTestOptions) =>
      (await import("./scenario-test-answers.ts")).answerScenarioTest(names, options),
    );
}
