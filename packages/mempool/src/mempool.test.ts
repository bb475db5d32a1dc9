import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MANDATORY_SCRIPT_FLAGS, STANDARD_SCRIPT_FLAGS } from "@forkyard/consensus/rules/script/flags";
import { RuleError } from "@forkyard/core/errors";
import { Transaction } from "@forkyard/core/tx";
import { isPolicyCode } from "./codes.ts";
import { MATURITY, PoolWorld, type Purse, purses, spend } from "./testing/pool-world.ts";
import { refused } from "./testing/refused.ts";

const RELATIVE_BLOCKS_10 = 10;

function funded(count: number, limits = {}): { world: PoolWorld; funds: Purse[] } {
  const world = new PoolWorld(limits);
  return { world, funds: world.fund(count) };
}

describe("accept", () => {
  test("takes a standard payment in and tells all about it", () => {
    const { world, funds } = funded(1);
    const tx = spend(funds, { fee: 500n, outputs: 2 });
    assert.equal(world.pool.test(tx, world.context())?.fee, 500n);
    assert.equal(world.pool.size, 0);
    const result = world.pool.accept(tx, world.context());
    assert.ok(result.status === "accepted");
    assert.equal(result.entry.fee, 500n);
    assert.equal(result.entry.virtualBytes, tx.virtualSize);
    assert.deepEqual(result.changes, { added: [result.entry], removed: [], refusedOrphans: [] });
    assert.equal(world.pool.spender({ txid: (funds[0] as Purse).txid, vout: 0 }), tx.txid);
    assert.equal(world.pool.bytes, tx.virtualSize);
    assert.ok(world.pool.usageBytes > tx.totalSize);
  });

  test("refuses what consensus forbids, with consensus' codes", () => {
    const { world, funds } = funded(1);
    const tx = spend(funds);
    const twice = new Transaction({
      version: tx.version,
      inputs: [...tx.inputs, ...tx.inputs],
      outputs: tx.outputs,
      lockTime: tx.lockTime,
    });
    refused("bad-txns-inputs-duplicate", () => world.pool.accept(twice, world.context()));
    const greedy = spend(funds, { fee: -1n });
    refused("bad-txns-in-belowout", () => world.pool.accept(greedy, world.context()));
    assert.equal(isPolicyCode("bad-txns-in-belowout"), false);
  });

  test("refuses a coinbase", () => {
    const { world } = funded(1);
    const coinbase = world.mineQuietly().txs[0] as Transaction;
    refused("coinbase", () => world.pool.accept(coinbase, world.context()));
  });

  test("refuses a coinbase's coin until it is mature for the next block", () => {
    const world = new PoolWorld();
    const coinbase = world.mine().txs[0] as Transaction;
    const tx = spend(purses(coinbase).slice(0, 1));
    for (let i = 2; i < MATURITY; i++) world.mine();
    refused("bad-txns-premature-spend-of-coinbase", () => world.pool.accept(tx, world.context()));
    world.mine();
    assert.equal(world.pool.accept(tx, world.context()).status, "accepted");
  });

  test("refuses what waits already, under any witness, and what is in the chain", () => {
    const { world, funds } = funded(1);
    const tx = spend(funds);
    world.pool.accept(tx, world.context());
    refused("txn-already-in-mempool", () => world.pool.accept(tx, world.context()));
    const otherWitness = spend(funds, { witnessBytes: 71 });
    assert.equal(otherWitness.txid, tx.txid);
    refused("txn-same-nonwitness-data-in-mempool", () => world.pool.accept(otherWitness, world.context()));
    world.mine([tx]);
    refused("txn-already-known", () => world.pool.accept(tx, world.context()));
  });

  test("refuses lock times and relative locks that have not passed", () => {
    const { world, funds } = funded(1);
    const height = world.context().height;
    const sequence = 0;
    const locked = spend(funds, { lockTime: height, sequence, version: 1 });
    refused("non-final", () => world.pool.accept(locked, world.context()));
    const byTime = spend(funds, { lockTime: world.context().medianTimePast, sequence, version: 1 });
    refused("non-final", () => world.pool.accept(byTime, world.context()));
    const relative = spend(funds, { sequence: RELATIVE_BLOCKS_10 });
    refused("non-BIP68-final", () => world.pool.accept(relative, world.context()));
    for (let i = 0; i < RELATIVE_BLOCKS_10; i++) world.mine();
    assert.equal(world.pool.accept(relative, world.context()).status, "accepted");
  });

  test("a relative lock on a waiting output holds until that is mined", () => {
    const { world, funds } = funded(1);
    const parent = spend(funds);
    world.pool.accept(parent, world.context());
    const child = spend(purses(parent), { sequence: 1 });
    refused("non-BIP68-final", () => world.pool.accept(child, world.context()));
    world.mine([parent]);
    assert.equal(world.pool.accept(child, world.context()).status, "accepted");
  });

  test("refuses fees below the relay minimum, to the satoshi", () => {
    const { world, funds } = funded(1);
    // A tenth of a satoshi a virtual byte, rounded up.
    const least = BigInt(Math.ceil(spend(funds).virtualSize / 10));
    refused("min relay fee not met", () => world.pool.accept(spend(funds, { fee: least - 1n }), world.context()));
    assert.equal(world.pool.accept(spend(funds, { fee: least }), world.context()).status, "accepted");
  });

  test("the relay minimum can be set", () => {
    const { world, funds } = funded(1, { minRelayFeeRate: 0n });
    assert.equal(world.pool.accept(spend(funds, { fee: 0n }), world.context()).status, "accepted");
  });

  test("refuses an output that a waiting parent does not have", () => {
    const { world, funds } = funded(1);
    const parent = spend(funds);
    world.pool.accept(parent, world.context());
    const child = spend([{ txid: parent.txid, vout: 1, value: 10_000n }]);
    refused("bad-txns-inputs-missingorspent", () => world.pool.accept(child, world.context("peer")));
  });

  test("runs every input's scripts under the rules of relay, and tells them from those of blocks", () => {
    const seen: [number, number][] = [];
    const world = new PoolWorld({}, ({ inputIndex, flags, spent }) => {
      assert.equal(spent.length, 2);
      seen.push([inputIndex, flags]);
      if (inputIndex === 1 && flags === STANDARD_SCRIPT_FLAGS) throw new RuleError("failed", { error: "LOW_S" });
    });
    const funds = world.fund(2);
    refused("mempool-script-verify-flag-failed", () => world.pool.accept(spend(funds), world.context()));
    assert.deepEqual(seen, [
      [0, STANDARD_SCRIPT_FLAGS],
      [1, STANDARD_SCRIPT_FLAGS],
      [1, MANDATORY_SCRIPT_FLAGS],
    ]);
    const strict = new PoolWorld({}, () => {
      throw new RuleError("mandatory-script-verify-flag-failed");
    });
    const others = strict.fund(1);
    refused("mandatory-script-verify-flag-failed", () => strict.pool.accept(spend(others), strict.context()));
    assert.equal(strict.pool.size, 0);
  });

  test("keeps chains of waiting transactions short, in number and in size", () => {
    const { world, funds } = funded(2);
    let from = funds.slice(0, 1);
    for (let i = 0; i < 25; i++) {
      const tx = spend(from);
      world.pool.accept(tx, world.context());
      from = purses(tx);
    }
    refused("too-long-mempool-chain", () => world.pool.accept(spend(from), world.context()));

    const wide = spend(funds.slice(1), { outputs: 30, fee: 2_000n });
    world.pool.accept(wide, world.context());
    for (const purse of purses(wide).slice(0, 24)) world.pool.accept(spend([purse]), world.context());
    refused("too-long-mempool-chain", () => world.pool.accept(spend(purses(wide).slice(24, 25)), world.context()));
  });

  test("a chain may not be larger than its limit", () => {
    const { world, funds } = funded(1, { requireStandard: false });
    const parent = spend(funds, { witnessBytes: 300_000, fee: 100_000n });
    world.pool.accept(parent, world.context());
    const child = spend(purses(parent), { witnessBytes: 110_000, fee: 100_000n });
    refused("too-long-mempool-chain", () => world.pool.accept(child, world.context()));
  });

  test("without standardness takes what a block could take", () => {
    const { world, funds } = funded(1, { requireStandard: false });
    const tx = spend(funds, { version: 4 });
    assert.equal(world.pool.accept(tx, world.context()).status, "accepted");
  });
});

describe("a block", () => {
  test("takes out what it confirms and what conflicts with it, with descendants", () => {
    const { world, funds } = funded(3);
    const [a, b, c] = funds as [Purse, Purse, Purse];
    const mined = spend([a]);
    const child = spend(purses(mined));
    const loser = spend([b]);
    const loserChild = spend(purses(loser));
    const bystander = spend([c]);
    for (const tx of [mined, child, loser, loserChild, bystander]) world.pool.accept(tx, world.context());
    const winner = spend([b], { fee: 5_000n });
    const block = world.mineQuietly([mined, winner]);
    const result = world.pool.connected(block, world.context());
    assert.deepEqual(result.confirmed, [mined.txid]);
    assert.deepEqual(new Set(result.conflicted), new Set([loser.txid, loserChild.txid]));
    assert.deepEqual(
      Array.from(world.pool.entries(), ({ txid }) => txid),
      [child.txid, bystander.txid],
    );
    assert.equal(world.pool.get(child.txid)?.ancestors.count, 1);
    const conflict = result.changes.removed.find(({ entry }) => entry.txid === loser.txid);
    assert.deepEqual([conflict?.reason, conflict?.replacedBy], ["conflict", winner.txid]);
  });
});

describe("expiry", () => {
  test("drops what is too old, with descendants, whenever something happens", () => {
    const { world, funds } = funded(2);
    const old = spend(funds.slice(0, 1));
    world.pool.accept(old, world.context());
    world.nowMs += world.pool.limits.expiryMs;
    const child = spend(purses(old));
    world.pool.accept(child, world.context());
    assert.equal(world.pool.size, 2);
    world.nowMs += 1;
    const result = world.pool.accept(spend(funds.slice(1)), world.context());
    assert.deepEqual(
      result.changes.removed.map(({ entry, reason }) => [entry.txid, reason]),
      [
        [child.txid, "expired"],
        [old.txid, "expired"],
      ],
    );
    assert.equal(world.pool.size, 1);
  });
});
