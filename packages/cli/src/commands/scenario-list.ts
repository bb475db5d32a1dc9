import type { Command } from "commander";
import { outputOf, withJson } from "../context.ts";
import { table } from "../output/table.ts";

export function addScenarioList(scenario: Command): void {
  withJson(scenario.command("list"))
    .description("show the scenarios of the library")
    .action(async (options: { readonly json?: boolean }) => {
      const { libraryEntries, readScenarioText } = await import("../scenario/library.ts");
      const { parseScenario } = await import("@forkyard/lab/scenario/parse-scenario");
      const { orShowMistakes } = await import("../scenario/file-mistakes.ts");
      const output = outputOf(options);
      const scenarios = libraryEntries().map(({ name, file }) => {
        const { title, worlds } = orShowMistakes(output, () => parseScenario(readScenarioText(file), file));
        return { name, title, worlds, file };
      });
      output.result({ scenarios }, () =>
        table(
          ["scenario", "worlds", "title"],
          scenarios.map(({ name, worlds, title }) => [name, worlds.join(", "), title]),
        ),
      );
    });
}
