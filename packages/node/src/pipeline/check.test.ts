import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { mine } from "@forkyard/consensus/testing/build-block";
import { RuleError } from "@forkyard/core/errors";
import { plainBlockReader } from "../chain/block-reader.ts";
import { ChainWorld } from "../testing/chain-world.ts";
import { blamesHeader, checkStage } from "./check.ts";

describe("what can be said of a block by itself", () => {
  test("a sound one goes on", async () => {
    const world = await ChainWorld.open();
    const block = world.build();
    const result = checkStage(block, plainBlockReader(world.params, selectCurve()));
    assert.ok("checked" in result);
    assert.equal(result.checked.hash, block.hash);
  });

  test("a fault that the header commits to may be remembered by the hash; one of the body, or no work, may not", async () => {
    const world = await ChainWorld.open();
    const block = world.build();
    const twoCoinbases = world.build({ txs: block.txs });
    const results = [twoCoinbases, { ...block, txs: [] }, mine(block.header, block.txs, false)].map((each) =>
      checkStage(each, plainBlockReader(world.params, selectCurve())),
    );
    assert.deepEqual(
      results.map((result) => ("error" in result ? [result.error.code, result.blamesHeader] : [])),
      [
        ["bad-cb-multiple", true],
        ["bad-txnmrklroot", false],
        ["high-hash", false],
      ],
    );
  });

  test("time heals a clock: that is never held against a header", () => {
    assert.equal(blamesHeader(new RuleError("time-too-new")), false);
    assert.equal(blamesHeader(new RuleError("bad-cb-missing", { mutated: true })), false);
    assert.equal(blamesHeader(new RuleError("bad-cb-missing", { mutated: false })), true);
  });
});
