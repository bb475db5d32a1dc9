import type { Command } from "commander";
import { outputOf, withJson } from "../context.ts";
import { CommandFailed, EXIT_USAGE } from "../exit-code.ts";

export function addScenarioCheck(scenario: Command): void {
  withJson(scenario.command("check"))
    .description("look for mistakes in scenario files, without running them")
    .argument("<files...>", "scenario files, or names of the library")
    .action(async (files: readonly string[], options: { readonly json?: boolean }) => {
      const { findScenario, readScenarioText } = await import("../scenario/library.ts");
      const { parseScenario } = await import("@forkyard/lab/scenario/parse-scenario");
      const { ScenarioFileError } = await import("@forkyard/lab/scenario/scenario-file-error");
      const { showMistakes } = await import("../scenario/file-mistakes.ts");
      const output = outputOf(options);
      const wrong: InstanceType<typeof ScenarioFileError>[] = [];
      for (const name of files) {
        const file = findScenario(name);
        try {
          parseScenario(readScenarioText(file), file);
        } catch (error) {
          if (!(error instanceof ScenarioFileError)) throw error;
          wrong.push(error);
        }
      }
      if (wrong.length > 0) {
        showMistakes(output, wrong);
        throw new CommandFailed("a scenario file is wrong", EXIT_USAGE);
      }
      output.result({ checked: files.length }, () => [
        `${files.length === 1 ? "1 file is" : `${files.length} files are`} right`,
      ]);
    });
}
