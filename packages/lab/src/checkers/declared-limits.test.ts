import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_ORPHANS } from "@forkyard/mempool/limits";
import { limitsChecker } from "./declared-limits.ts";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";

test("what grows beyond its number, or is counted wrong, is found", async () => {
  const { node } = await inspectedWorld();
  const a = node("a");
  const checker = limitsChecker();
  assert.equal(checker.check?.(a), undefined);
  const pool = (answers: Partial<typeof a.mempool>): string =>
    checker.check?.({ ...a, mempool: altered(a.mempool, answers) })?.text ?? "";
  assert.match(pool({ orphanCount: MAX_ORPHANS + 1 }), /orphans/);
  assert.match(pool({ limits: { ...a.mempool.limits, maxUsageBytes: 1 } }), /bytes of the mempool/);
  assert.match(pool({ usageBytes: 0 }), /the mempool counts/);
  const chain = altered(a.chain, { undecidedBlocks: 1_000 });
  assert.match(checker.check?.({ ...a, chain })?.text ?? "", /undecided blocks/);
});
