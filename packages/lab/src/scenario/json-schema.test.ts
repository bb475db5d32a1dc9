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

test("docs/scenarios.md lists every kind of actor with its options", () => {
  const docs = readFileSync(new URL("../../../../docs/scenarios.md", import.meta.url), "utf8");
  for (const [kind, { description, schema }] of Object.entries(actorKinds)) {
    const { shape } = schema.def as unknown as { readonly shape: object };
    const options = Object.keys(shape)
      .map((option) => `\`${option}\``)
      .join(" ");
    assert.ok(docs.includes(`| \`${kind}\` | ${description} | ${options} |`), kind);
  }
});

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(" ");
}

test("docs/scenarios.md lists what every kind of actor makes and tells", () => {
  const docs = readFileSync(new URL("../../../../docs/scenarios.md", import.meta.url), "utf8");
  for (const [kind, { payments, branches, results }] of Object.entries(actorKinds)) {
    const made = [code(payments), code(branches)].filter((text) => text !== "").join(" · ");
    const line = `| \`${kind}\` | ${made === "" ? "none" : made} | ${code(results)} |`;
    assert.ok(docs.includes(line), line);
  }
});

test("docs/scenarios.md names every key of the language", () => {
  const docs = readFileSync(new URL("../../../../docs/scenarios.md", import.meta.url), "utf8");
  const schema = JSON.parse(scenarioJsonSchema({})) as {
    readonly properties: object;
    readonly definitions: Readonly<Record<string, { readonly properties?: object }>>;
  };
  const shapes = [schema, ...Object.values(schema.definitions)];
  const missing = shapes.flatMap(({ properties }) =>
    Object.keys(properties ?? {}).filter((key) => !new RegExp(`\`${key}[\`:?]`).test(docs)),
  );
  assert.deepEqual(missing, []);
});
