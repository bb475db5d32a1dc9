import assert from "node:assert/strict";
import { test } from "node:test";
import { coinSetChecker } from "./coin-set.ts";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";

test("a coin that is missing, changed, or still there after it was spent is found", async () => {
  const { inspection, node } = await inspectedWorld();
  const a = node("a");
  assert.equal(coinSetChecker(inspection).check?.(a), undefined);
  assert.equal(await coinSetChecker(inspection).checkAtEnd?.(a), undefined);
  const store = altered(a.store, { coin: () => undefined });
  assert.match(coinSetChecker(inspection).check?.({ ...a, store })?.text ?? "", /is missing/);
  const changed = altered(a.store, {
    coin: (outPoint) => {
      const coin = a.store.coin(outPoint);
      return coin && { ...coin, height: coin.height + 1 };
    },
  });
  assert.match(coinSetChecker(inspection).check?.({ ...a, store: changed })?.text ?? "", /another coin/);
});

test("a coin too many is found when all are listed", async () => {
  const { inspection, node } = await inspectedWorld();
  const a = node("a");
  const one = inspection.reference.judge(a.chain.tip.hash);
  assert.ok(one?.valid === true);
  const [coin] = one.coins.values();
  assert.ok(coin !== undefined);
  const store = altered(a.store, {
    coins: async function* () {
      yield* a.store.coins();
      yield { outPoint: { txid: one.block.txs[0]?.txid ?? assert.fail(), vout: 77 }, coin };
    },
  });
  assert.match((await coinSetChecker(inspection).checkAtEnd?.({ ...a, store }))?.text ?? "", /no such coin/);
});
