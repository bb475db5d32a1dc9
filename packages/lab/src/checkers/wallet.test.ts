import assert from "node:assert/strict";
import { test } from "node:test";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";
import { walletChecker } from "./wallet.ts";

test("a wallet that misses a coin, counts one that is not there, or lags behind is found", async () => {
  const { inspection, node } = await inspectedWorld();
  const b = node("b");
  const checker = walletChecker(inspection);
  assert.equal(checker.check?.(b), undefined);
  const bob = b.wallets.get("bob") ?? assert.fail();
  const having = (answers: Partial<typeof bob>): string =>
    checker.check?.({ ...b, wallets: new Map([["bob", altered(bob, answers)]]) })?.text ?? "";
  const coin = bob.coins().find(({ height }) => height !== undefined) ?? assert.fail();
  assert.match(
    having({
      coins: () => bob.coins().filter(({ height }) => height === undefined),
    }),
    /does not know/,
  );
  const madeUp = { ...coin, outPoint: { ...coin.outPoint, vout: 99 } };
  assert.match(having({ coins: () => [...bob.coins(), madeUp] }), /not on the chain/);
  assert.match(having({ height: bob.height - 1 }), /its node at/);
});

test("a key that is given out twice is found", async () => {
  const { inspection, node, world } = await inspectedWorld();
  assert.equal(await walletChecker(inspection).checkAtEnd?.(node("a")), undefined);
  const [first, second] = [...world.payments.values()];
  assert.ok(first !== undefined && second !== undefined);
  const again = altered(second.tx, { outputs: first.tx.outputs });
  const payments = (): Iterable<typeof first> => [first, { ...second, tx: again }];
  const found = await walletChecker(altered(inspection, { payments })).checkAtEnd?.(node("a"));
  assert.match(found?.text ?? "", /the same key/);
});
