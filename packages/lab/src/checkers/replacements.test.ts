import assert from "node:assert/strict";
import { test } from "node:test";
import { replacementsChecker } from "./replacements.ts";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";

test("what gives way to another one over its coins has paid less", async () => {
  const { node, order, pass } = await inspectedWorld();
  const checker = replacementsChecker();
  const cheap = [...node("a").mempool.entries()];
  assert.equal(checker.check?.(node("a")), undefined);
  order({ kind: "double-spend", payment: "dear", of: "waiting", into: { mempoolOf: "a" } });
  await pass(1_000);
  const dear = [...node("a").mempool.entries()];
  assert.notDeepEqual(
    dear.map(({ txid }) => txid),
    cheap.map(({ txid }) => txid),
  );
  assert.equal(checker.check?.(node("a")), undefined);
  const [before, after] = [cheap[0] ?? assert.fail(), dear[0] ?? assert.fail()];
  const mempool = altered(node("a").mempool, {
    entries: () => [before].values(),
    has: (txid) => txid === before.txid,
    spender: () => before.txid,
  });
  const text = checker.check?.({ ...node("a"), mempool })?.text;
  assert.equal(text, `${before.txid} pays ${before.fee}, and has taken the place of what paid ${after.fee}`);
});
