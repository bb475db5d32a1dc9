import assert from "node:assert/strict";
import { test } from "node:test";
import { sameDevnet } from "./context.ts";

test("words that make another command mean the same devnet can be typed as they are", () => {
  assert.equal(sameDevnet({}), "");
  assert.equal(sameDevnet({ name: "second", json: true }), " --name second");
  assert.equal(sameDevnet({ dir: "/tmp/my net" }), ' --dir "/tmp/my net"');
});
