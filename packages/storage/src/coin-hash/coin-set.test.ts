import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { hashToBytes, hashToString } from "@forkyard/core/hash";
import { memoryChainStore } from "../open-chain-store.ts";
import { coinsOf, connectToy, TOY_GENESIS, type ToyBlock, tipOf, toyBlockAfter } from "../testing/toy-chain.ts";
import { describeCoins, encodeForSetHash } from "./coin-set.ts";
import { MuHash } from "./muhash.ts";

describe("description of the set of coins", () => {
  test("of nothing", async () => {
    const info = await describeCoins(memoryChainStore().coins(), "hash_serialized_3");
    assert.deepEqual(info, {
      coins: 0,
      transactions: 0,
      total: 0n,
      bogoSize: 0,
      // SHA-256 twice of nothing.
      hash: "56944c5d3f98413ef45cf54545538103cc9f298e0575820ad3591376e2e0f65d",
    });
  });

  test("counts coins and transactions, and hashes both ways", async () => {
    const chain: ToyBlock[] = [TOY_GENESIS];
    while (chain.length < 12) chain.push(toyBlockAfter(chain, chain.length));
    const store = memoryChainStore();
    const batch = store.batch();
    for (const block of chain) connectToy(batch, block);
    batch.putTip(tipOf(chain));
    await store.commit(batch);
    const coins = [...coinsOf(chain).values()].toSorted(
      (a, b) =>
        Buffer.compare(hashToBytes(a.outPoint.txid), hashToBytes(b.outPoint.txid)) || a.outPoint.vout - b.outPoint.vout,
    );
    const stream = Buffer.concat(coins.map(encodeForSetHash));
    const once = createHash("sha256").update(stream).digest();
    const set = new MuHash();
    for (const coin of coins) set.insert(encodeForSetHash(coin));

    const info = await describeCoins(store.coins(), "hash_serialized_3");
    assert.equal(info.hash, hashToString<string>(createHash("sha256").update(once).digest()));
    assert.equal(info.coins, coins.length);
    assert.equal(info.transactions, new Set(coins.map(({ outPoint }) => outPoint.txid)).size);
    assert.equal(info.total, tipOf(chain).coinTotal);
    assert.equal(
      info.bogoSize,
      coins.reduce((sum, { coin }) => sum + 50 + coin.output.scriptPubKey.length, 0),
    );
    assert.equal((await describeCoins(store.coins(), "muhash")).hash, hashToString<string>(set.digest()));
    assert.equal((await describeCoins(store.coins(), "none")).hash, undefined);
  });

  test("a coin's bytes are outpoint, height and flag, amount, script", () => {
    const txid = `${"00".repeat(31)}01` as never;
    const coin = { output: { value: 5n, scriptPubKey: Uint8Array.of(0x51) }, height: 3, coinbase: true };
    assert.equal(
      Buffer.from(encodeForSetHash({ outPoint: { txid, vout: 2 }, coin })).toString("hex"),
      `01${"00".repeat(31)}020000000700000005000000000000000151`,
    );
  });
});
