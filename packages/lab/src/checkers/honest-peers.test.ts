import assert from "node:assert/strict";
import { test } from "node:test";
import { honestPeersChecker } from "./honest-peers.ts";
import { inspectedWorld } from "./testing/inspected-world.ts";

test("a node that keeps an honest one out is found; a hostile one may be kept out", async () => {
  const { inspection, node } = await inspectedWorld();
  const a = node("a");
  const checker = honestPeersChecker(inspection);
  assert.equal(checker.check?.(a), undefined);
  assert.equal(checker.check?.({ ...a, refuses: (peer) => peer === "hostile1" }), undefined);
  assert.match(checker.check?.({ ...a, refuses: (peer) => peer === "b" })?.text ?? "", /the honest b out/);
});
