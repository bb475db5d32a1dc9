import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { devnetJsonSchema } from "./json-schema.ts";

test("configs/schema/devnet.json is what the schema says", () => {
  const file = new URL("../../../../configs/schema/devnet.json", import.meta.url);
  assert.equal(readFileSync(file, "utf8"), devnetJsonSchema());
});
