/** The catalogue of attacks on blocks, scripts and headers is complete: every item has tests that name its answer. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { CATALOGUE } from "./support/catalogue.ts";

const ITEMS = 45;
/** A title that names its item begins a test, a group of tests or a story. */
const TITLE = /["`]item (\d+): /g;

const here = import.meta.dirname;
const sources = globSync("*.test.ts", { cwd: here })
  .filter((file) => file !== "catalogue.test.ts")
  .map((file) => readFileSync(join(here, file), "utf8"));

/** The test files with a title of this item. */
function sourcesOf(item: number): readonly string[] {
  return sources.filter((source) => Array.from(source.matchAll(TITLE), ([, number]) => Number(number)).includes(item));
}

test("lists every item once, in order", () => {
  assert.deepEqual(
    CATALOGUE.map(({ item }) => item),
    Array.from({ length: ITEMS }, (_, index) => index + 1),
  );
});

test("no test names an item that is not listed", () => {
  const named = sources.flatMap((source) => Array.from(source.matchAll(TITLE), ([, number]) => Number(number)));
  assert.deepEqual(
    named.filter((item) => item < 1 || item > ITEMS),
    [],
  );
});

describe("has tests for", () => {
  for (const { item, about, answeredBy, left } of CATALOGUE) {
    test(`item ${item}: ${about}`, (context) => {
      const found = sourcesOf(item);
      assert.ok(found.length > 0, `no test is called "item ${item}: …"`);
      const unnamed = answeredBy.filter((answer) => !found.some((source) => source.includes(answer)));
      assert.deepEqual(unnamed, [], "every rule that must answer is named");
      if (left !== undefined) context.diagnostic(`left: ${left}`);
    });
  }
});
