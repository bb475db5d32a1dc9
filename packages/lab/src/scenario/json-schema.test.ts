import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { actorKinds } from "../actors/registry.ts";
import { scenarioJsonSchema } from "./json-schema.ts";

test("configs/schema/scenario.json is what the schemas say", () => {
  const file = new URL("../../../../configs/schema/scenario.json", import.meta.url);
  assert.equal(
    readFileSync(file, "utf8"),
    scenarioJsonSchema(actorKinds),
    "write it anew: pnpm exec node --conditions=forkyard:source packages/cli/src/main.ts scenario schema > configs/schema/scenario.json",
  );
});
