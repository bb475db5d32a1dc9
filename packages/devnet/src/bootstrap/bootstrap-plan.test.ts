import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { bootstrapPlan } from "./bootstrap-plan.ts";

const MATURITY = 100;
const empty = { spendable: 0n, immature: 0n };

describe("bootstrap plan", () => {
  test("a block for each empty wallet, then 100 for the miners in turn", () => {
    const funds = ["alice", "miner1", "miner2"].map((wallet) => ({ wallet, ...empty }));
    assert.deepEqual(bootstrapPlan(funds, ["miner1", "miner2"], MATURITY), [
      { wallet: "alice", blocks: 1 },
      { wallet: "miner1", blocks: 1 },
      { wallet: "miner2", blocks: 1 },
      { wallet: "miner1", blocks: 50 },
      { wallet: "miner2", blocks: 50 },
    ]);
  });

  test("nothing when everybody can pay", () => {
    assert.deepEqual(bootstrapPlan([{ wallet: "alice", spendable: 1n, immature: 0n }], ["miner1"], MATURITY), []);
  });

  test("a wallet that waits for maturity gets no second reward, but the blocks it waits for", () => {
    const funds = [
      { wallet: "alice", spendable: 0n, immature: 5n },
      { wallet: "miner1", spendable: 5n, immature: 0n },
    ];
    assert.deepEqual(bootstrapPlan(funds, ["miner1"], MATURITY), [{ wallet: "miner1", blocks: 100 }]);
  });

  test("exactly `maturity` blocks follow the last reward, whatever the number of miners", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (miners) => {
        const names = Array.from({ length: miners }, (_, place) => `miner${place + 1}`);
        const plan = bootstrapPlan([{ wallet: "alice", ...empty }], names, MATURITY);
        assert.deepEqual(plan[0], { wallet: "alice", blocks: 1 });
        assert.equal(
          plan.slice(1).reduce((sum, turn) => sum + turn.blocks, 0),
          MATURITY,
        );
        assert.ok(plan.every((turn) => turn.blocks > 0));
      }),
    );
  });
});
