import type { Command } from "commander";
import { withJson } from "../context.ts";

export function addScenarioSchema(scenario: Command): void {
  withJson(scenario.command("schema"))
    .description("print the JSON Schema of scenario files, for editors")
    .action(async () => {
      const { scenarioJsonSchema } = await import("@forkyard/lab/scenario/json-schema");
      const { actorKinds } = await import("@forkyard/lab/actors/registry");
      process.stdout.write(scenarioJsonSchema(actorKinds));
    });
}
