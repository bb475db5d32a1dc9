import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Transaction } from "@forkyard/core/tx";
import { selectForBlock } from "./selection.ts";
import { PoolWorld, type Purse, purses, spend } from "./testing/pool-world.ts";

const WHOLE_BLOCK = 3_996_000;

function worldWith(count: number): { world: PoolWorld; funds: Purse[]; accept: (tx: Transaction) => Transaction } {
  const world = new PoolWorld();
  const funds = world.fund(count);
  const accept = (tx: Transaction) => {
    world.pool.accept(tx, world.context());
    return tx;
  };
  return { world, funds, accept };
}

function chosen(world: PoolWorld, maxWeight = WHOLE_BLOCK): string[] {
  return world.pool.select(maxWeight).map(({ tx }) => tx.txid);
}

describe("selection for a block", () => {
  test("takes the best paying first", () => {
    const { world, funds, accept } = worldWith(3);
    const [low, high, middle] = [1_000n, 3_000n, 2_000n].map((fee, i) => accept(spend([funds[i] as Purse], { fee })));
    assert.deepEqual(chosen(world), [high?.txid, middle?.txid, low?.txid]);
    assert.deepEqual(
      world.pool.select(WHOLE_BLOCK).map(({ fee }) => fee),
      [3_000n, 2_000n, 1_000n],
    );
  });

  test("a child pays for its parent, which comes first", () => {
    const { world, funds, accept } = worldWith(2);
    const parent = accept(spend([funds[0] as Purse], { fee: 200n }));
    const middle = accept(spend([funds[1] as Purse], { fee: 2_000n }));
    const child = accept(spend(purses(parent), { fee: 9_000n }));
    assert.deepEqual(chosen(world), [parent.txid, child.txid, middle.txid]);
  });

  test("a paid parent makes its child worth what it pays itself", () => {
    const { world, funds, accept } = worldWith(2);
    const parent = accept(spend([funds[0] as Purse], { fee: 1_000n, outputs: 2 }));
    const rich = accept(spend(purses(parent).slice(0, 1), { fee: 20_000n }));
    const middle = accept(spend([funds[1] as Purse], { fee: 3_000n }));
    const sibling = accept(spend(purses(parent).slice(1), { fee: 4_000n }));
    // Together with its parent the sibling pays less than the one in the middle, alone it pays more.
    assert.deepEqual(chosen(world), [parent.txid, rich.txid, sibling.txid, middle.txid]);
  });

  test("fills what is left with what fits", () => {
    const { world, funds, accept } = worldWith(3);
    const large = accept(spend([funds[0] as Purse], { fee: 90_000n, outputs: 100 }));
    const parent = accept(spend([funds[1] as Purse], { fee: 500n }));
    const child = accept(spend(purses(parent), { fee: 500n }));
    const small = accept(spend([funds[2] as Purse], { fee: 400n }));
    const room = large.weight + parent.weight + child.weight;
    assert.deepEqual(chosen(world, room), [large.txid, parent.txid, child.txid].toSorted(keepOrder(world)));
    const withoutLarge = chosen(world, large.weight - 1);
    assert.deepEqual(withoutLarge, [parent.txid, child.txid, small.txid].toSorted(keepOrder(world)));
    assert.deepEqual(chosen(world, parent.weight - 1), []);
  });

  test("keeps the block's sigops", () => {
    const world = new PoolWorld({ requireStandard: false });
    const funds = world.fund(7);
    // 4 x 3,900 = 15,600 cost units each: five of them fit into 80,000 - 400.
    const scriptPubKey = new Uint8Array(3_900).fill(0xac);
    for (const purse of funds) {
      const plain = spend([purse], { fee: 100_000n });
      const tx = withScript(plain, scriptPubKey);
      world.pool.accept(tx, world.context());
    }
    assert.equal(world.pool.size, 7);
    assert.equal(chosen(world).length, 5);
  });

  test("does not depend on the order of arrival", () => {
    const { world, funds, accept } = worldWith(6);
    for (const purse of funds) accept(spend(purses(accept(spend([purse])))));
    const forth = selectForBlock(world.pool.entries(), WHOLE_BLOCK);
    const back = selectForBlock([...world.pool.entries()].toReversed(), WHOLE_BLOCK);
    assert.deepEqual(
      back.map(({ tx }) => tx.txid),
      forth.map(({ tx }) => tx.txid),
    );
  });
});

/** Order of a full selection. */
function keepOrder(world: PoolWorld): (a: string, b: string) => number {
  const order = chosen(world);
  return (a, b) => order.indexOf(a) - order.indexOf(b);
}

function withScript(tx: Transaction, scriptPubKey: Uint8Array): Transaction {
  const { version, inputs, outputs, lockTime } = tx;
  return new Transaction({ version, inputs, outputs: outputs.map(({ value }) => ({ value, scriptPubKey })), lockTime });
}
