import type { Command } from "commander";
import { addScenarioCheck } from "./scenario-check.ts";
import { addScenarioFuzz } from "./scenario-fuzz.ts";
import { addScenarioList } from "./scenario-list.ts";
import { addScenarioNew } from "./scenario-new.ts";
import { addScenarioRun } from "./scenario-run.ts";
import { addScenarioSchema } from "./scenario-schema.ts";
import { addScenarioTest } from "./scenario-test.ts";

const EXAMPLES = `
Examples:
  forkyard scenario list
  forkyard scenario run double-spend-51
  forkyard scenario new my-attack
  forkyard scenario check my-attack.yaml`;

/** Forks and attacks written down as files: docs/scenarios.md. */
export function addScenario(program: Command): void {
  const scenario = program
    .command("scenario")
    .description("forks and attacks as files: run, check and write them")
    .addHelpText("after", EXAMPLES);
  for (const add of [
    addScenarioList,
    addScenarioRun,
    addScenarioTest,
    addScenarioCheck,
    addScenarioNew,
    addScenarioFuzz,
    addScenarioSchema,
  ]) {
    add(scenario);
  }
}
