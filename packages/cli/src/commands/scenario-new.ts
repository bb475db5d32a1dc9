import { existsSync, writeFileSync } from "node:fs";
import { InputError } from "@forkyard/core/errors";
import type { Command } from "commander";
import { outputOf, withJson } from "../context.ts";

export function addScenarioNew(scenario: Command): void {
  withJson(scenario.command("new"))
    .description("write a commented scenario file to begin with")
    .argument("<name>", "of the scenario; the file is NAME.yaml")
    .action(async (name: string, options: { readonly json?: boolean }) => {
      const { scenarioTemplate } = await import("@forkyard/lab/scenario/template");
      const base = name.replace(/\.ya?ml$/, "");
      if (!/^[\w./-]{1,200}$/.test(base)) throw new InputError(`${JSON.stringify(name)} is no name for a file`);
      const file = `${base}.yaml`;
      if (existsSync(file)) throw new InputError(`${file} is there already`);
      writeFileSync(file, scenarioTemplate());
      outputOf(options).result({ file }, () => [`wrote ${file}; run it: forkyard scenario run ${file}`]);
    });
}
