import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Transaction } from "@forkyard/core/tx";
import { PoolWorld, type Purse, purses, spend } from "./testing/pool-world.ts";
import { refused } from "./testing/refused.ts";

function setUp(count: number): { world: PoolWorld; funds: Purse[]; accept: (tx: Transaction) => void } {
  const world = new PoolWorld();
  const funds = world.fund(count);
  const accept = (tx: Transaction) => {
    assert.equal(world.pool.accept(tx, world.context()).status, "accepted");
  };
  return { world, funds, accept };
}

describe("replacement by fee", () => {
  test("puts out the conflict and its descendants, without any signal", () => {
    const { world, funds, accept } = setUp(1);
    const loser = spend(funds, { fee: 1_000n });
    const child = spend(purses(loser), { fee: 1_000n });
    accept(loser);
    accept(child);
    const winner = spend(funds, { fee: 3_000n, salt: 1 });
    const result = world.pool.accept(winner, world.context());
    assert.ok(result.status === "accepted");
    assert.deepEqual(new Set(result.replaced), new Set([loser.txid, child.txid]));
    assert.deepEqual(
      result.changes.removed.map(({ entry, reason, replacedBy }) => [entry.txid, reason, replacedBy]),
      [
        [child.txid, "replaced", winner.txid],
        [loser.txid, "replaced", winner.txid],
      ],
    );
    assert.deepEqual(
      Array.from(world.pool.entries(), ({ txid }) => txid),
      [winner.txid],
    );
  });

  test("rules 3 and 4: pays all that is lost and its own relay, to the satoshi", () => {
    const { world, funds, accept } = setUp(1);
    accept(spend(funds, { fee: 1_000n }));
    const least = 1_000n + BigInt(Math.ceil(spend(funds).virtualSize / 10));
    refused("insufficient fee", () => world.pool.accept(spend(funds, { fee: least - 1n, salt: 1 }), world.context()));
    accept(spend(funds, { fee: least, salt: 1 }));
  });

  test("pays a higher rate than each conflict, however much in all", () => {
    const { world, funds, accept } = setUp(1);
    accept(spend(funds, { fee: 1_000n }));
    const large = spend(funds, { fee: 4_000n, outputs: 100, salt: 1 });
    refused("insufficient fee", () => world.pool.accept(large, world.context()));
  });

  test("rule 5: puts out at most a hundred", () => {
    const { world, funds, accept } = setUp(5);
    for (const purse of funds) {
      const parent = spend([purse], { outputs: 24, fee: 2_000n });
      accept(parent);
      // 5 x 20 = 100 with the parents; one more child below makes it 101.
      for (const output of purses(parent).slice(0, 19)) accept(spend([output]));
    }
    const all = (fee: bigint) => spend(funds, { fee, salt: 1 });
    assert.equal(world.pool.test(all(1_000_000n), world.context())?.fee, 1_000_000n);
    const [first] = world.pool.entries();
    accept(spend(purses((first as { tx: Transaction }).tx).slice(20, 21)));
    refused("too many potential replacements", () => world.pool.accept(all(1_000_000n), world.context()));
  });

  test("rule 2: brings no unconfirmed input that the replaced had not", () => {
    const { world, funds, accept } = setUp(2);
    const [a, b] = funds as [Purse, Purse];
    const other = spend([b], { outputs: 2 });
    accept(other);
    accept(spend([a]));
    const mixed = spend([a, purses(other)[0] as Purse], { fee: 10_000n, salt: 1 });
    refused("replacement-adds-unconfirmed", () => world.pool.accept(mixed, world.context()));

    const first = spend([purses(other)[0] as Purse]);
    accept(first);
    accept(spend([purses(other)[1] as Purse, purses(other)[0] as Purse], { fee: 10_000n, salt: 1 }));
  });

  test("does not spend what it puts out", () => {
    const { world, funds, accept } = setUp(1);
    const loser = spend(funds);
    accept(loser);
    const both = spend([...funds, ...purses(loser)], { fee: 50_000n });
    refused("bad-txns-spends-conflicting-tx", () => world.pool.accept(both, world.context()));
  });

  test("what leaves does not count against the chain limits", () => {
    const { world, funds, accept } = setUp(1);
    const parent = spend(funds, { outputs: 26, fee: 2_000n });
    accept(parent);
    const outputs = purses(parent);
    for (const output of outputs.slice(0, 24)) accept(spend([output]));
    refused("too-long-mempool-chain", () => world.pool.accept(spend([outputs[24] as Purse]), world.context()));
    accept(spend([outputs[23] as Purse], { fee: 5_000n, salt: 1 }));
  });
});
