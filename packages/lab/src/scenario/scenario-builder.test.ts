import assert from "node:assert/strict";
import { test } from "node:test";
import { parseScenario } from "./parse-scenario.ts";
import { scenario } from "./scenario-builder.ts";

const race = scenario("race", "A race")
  .node("shop")
  .node("miners", { hash: "100%", count: 2 })
  .wallet("alice", { node: "miners1", coins: "10 btc" })
  .wallet("till", "shop")
  .actor("counter", { kind: "merchant", wallet: "till", confirmations: 2 })
  .with({ network: { blockInterval: "1m" }, topology: { star: "shop" } })
  .step({ at: "1m", pay: { id: "tea", from: "alice", to: "till", amount: "1 btc" } })
  .expect({ payment: { id: "tea", on: "shop", fate: "confirmed" } })
  .variant("slow", { set: { network: { blockInterval: "10m" } } });

test("a built scenario is the same as the file that says the same", () => {
  const built = race.build();
  const parsed = parseScenario(race.source(), "race.json");
  const lines = /"line":\d+/g;
  const plain = (value: unknown): string =>
    JSON.stringify(value, (_, member: unknown) => (typeof member === "bigint" ? String(member) : member)).replaceAll(
      lines,
      "",
    );
  assert.equal(plain(built), plain(parsed));
  assert.equal(built.wallets[0]?.coins, 1_000_000_000n);
});

test("a built scenario is checked like a file", () => {
  assert.throws(
    () => race.wallet("bob", "sohp").build(),
    /^ScenarioFileError: race: wallets\.bob: unknown node "sohp": did you mean "shop"\?|race: wallets\.bob/,
  );
  assert.throws(() => scenario("empty").node("a").build(), /race|empty: expect: at least 1 entry is needed/);
});
