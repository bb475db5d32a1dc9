import assert from "node:assert/strict";
import { test } from "node:test";
import { mempoolChecker } from "./mempool.ts";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";

test("what cannot be mined next is found: no inputs, a conflict, a wrong fee, children first", async () => {
  const { inspection, node, order, pass } = await inspectedWorld();
  order({ kind: "pay", payment: "child", from: "alice", to: "bob", amount: 650_000_000n });
  await pass(1_000);
  const a = node("a");
  const checker = mempoolChecker(inspection);
  assert.equal(checker.check?.(a), undefined);
  const entries = [...a.mempool.entries()];
  const [first, second] = entries;
  assert.ok(first !== undefined && second !== undefined && a.mempool.size === 2);
  const listing = (list: typeof entries): string => {
    const mempool = altered(a.mempool, { entries: () => list.values() });
    return checker.check?.({ ...a, mempool })?.text ?? "";
  };
  assert.match(listing([first, { ...first, txid: second.txid }]), /both spend/);
  assert.match(listing([{ ...first, fee: first.fee + 1n }, second]), /is counted with/);
  assert.match(listing([second]), /neither in the chain nor waiting|are listed/);
  const backwards = altered(a.mempool, { select: (weight) => a.mempool.select(weight).toReversed() });
  assert.match(checker.check?.({ ...a, mempool: backwards })?.text ?? "", /before its parent/);
  const half = altered(a.mempool, { select: (weight) => a.mempool.select(weight).slice(0, 1) });
  assert.match(checker.check?.({ ...a, mempool: half })?.text ?? "", /are selected/);
});

test("a reward that is too young is found", async () => {
  const { inspection, node } = await inspectedWorld();
  const b = node("a");
  const params = { ...inspection.params, coinbaseMaturity: 1_000 };
  const entry = [...b.mempool.entries()][0] ?? assert.fail();
  const judged = inspection.reference.judge(b.chain.tip.hash);
  assert.ok(judged?.valid === true);
  const coins = new Map([...judged.coins].map(([key, coin]) => [key, { ...coin, coinbase: true }]));
  const reference = altered(inspection.reference, { judge: () => ({ ...judged, coins }) });
  const checker = mempoolChecker(altered(inspection, { params, reference }));
  assert.match(checker.check?.(b)?.text ?? "", new RegExp(`${entry.txid} spends a reward`));
});
