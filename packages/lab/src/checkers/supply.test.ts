import assert from "node:assert/strict";
import { test } from "node:test";
import { supplyChecker } from "./supply.ts";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";

test("a satoshi too many, a coin miscounted, and a record of another tip are found", async () => {
  const { inspection, node } = await inspectedWorld();
  const a = node("a");
  const checker = supplyChecker(inspection);
  assert.equal(checker.check?.(a), undefined);
  const { tipRecord } = a.chain;
  for (const [wrong, said] of [
    [{ coinTotal: tipRecord.coinTotal + 1n }, /were issued/],
    [{ coinCount: tipRecord.coinCount - 1 }, /are there/],
    [{ height: tipRecord.height - 1 }, /its tip is/],
  ] as const) {
    const chain = altered(a.chain, { tipRecord: { ...tipRecord, ...wrong } });
    assert.match(checker.check?.({ ...a, chain })?.text ?? "", said);
  }
});
