import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { seal } from "@forkyard/storage/codec/checksum";
import { encodeUndo } from "@forkyard/storage/codec/undo";
import { blockKey, coinKey, METADATA_KEY, undoKey } from "@forkyard/storage/keys";
import { type ChainPlace, flipBit, inChainPlace } from "../testing/chain-place.ts";
import { type VerifyReport, verifyChain } from "./verify-chain.ts";

const params = networkByName("regtest");

function verify(place: ChainPlace, depth = 10): Promise<VerifyReport> {
  return verifyChain({ params, dataDir: place.root, depth });
}

async function problems(place: ChainPlace): Promise<string> {
  const report = await verify(place, 200);
  assert.equal(report.sound, report.problems.length === 0);
  return report.problems.map(({ height, problem }) => `${height}: ${problem}`).join("\n");
}

describe("verifying a data folder", () => {
  test("a sound one is sound, down to genesis, and stays untouched", () =>
    inChainPlace(async (place) => {
      const report = await verify(place, 1_000);
      assert.deepEqual(report.problems, []);
      assert.equal(report.sound, true);
      assert.equal(report.tip, place.healthy.chain.tip.hash);
      assert.equal(report.reconnected, place.healthy.chain.tip.height);
      assert.equal(report.bodies, place.healthy.chain.tip.height);
      assert.equal(report.coins, place.healthy.chain.tipRecord.coinCount);
      const { store } = await place.open();
      assert.equal(store.closedCleanly, true, "verifying does not count as a crash");
      await assert.rejects(verify(place), InputError);
      await store.close();
    }));

  test("names a damaged or missing body, and what undo data lacks", () =>
    inChainPlace(async (place) => {
      const { chain } = place.healthy;
      const [body, spender] = [chain.activeAt(40), chain.activeAt(107)];
      assert.ok(body !== undefined && spender !== undefined);
      await place.tamper((engine) => flipBit(engine, blockKey(body.hash)));
      assert.match(await problems(place), /^40: record b\/.* is damaged/m);
      await place.tamper((engine) => engine.write([{ kind: "delete", key: blockKey(body.hash) }]));
      assert.match(await problems(place), /^40: the body is missing/m);
      const key = undoKey(spender.hash);
      const undo = place.healthy.store.undo(spender.hash);
      assert.ok(undo !== undefined && undo.spent.length > 0);
      const value = seal(key, encodeUndo({ ...undo, spent: [] }));
      await place.tamper((engine) => engine.write([{ kind: "put", key, value }]));
      assert.match(await problems(place), /^107: the undo data lacks the spent coin/m);
    }));

  test("undo data that does not fit the coins is found by taking blocks back", () =>
    inChainPlace(async (place) => {
      const entry = place.healthy.chain.activeAt(100);
      assert.ok(entry !== undefined);
      const key = undoKey(entry.hash);
      const value = seal(key, encodeUndo({ spent: [], created: [] }));
      await place.tamper((engine) => engine.write([{ kind: "put", key, value }]));
      assert.equal((await verify(place, 5)).sound, true, "above the damage nothing is wrong");
      assert.match(await problems(place), /^100: the undo data is not what connecting the block gives/m);
    }));

  test("coins that do not add up, metadata that is damaged", () =>
    inChainPlace(async (place) => {
      const coin = [...(await place.healthy.coins()).keys()][0] as string;
      const [txid, vout] = coin.split(":");
      const key = coinKey({ txid: txid as never, vout: Number(vout) });
      await place.tamper((engine) => engine.write([{ kind: "delete", key }]));
      assert.match(await problems(place), /the coins do not add up/);
      await place.tamper((engine) => flipBit(engine, METADATA_KEY));
      assert.match(await problems(place), /metadata .* is damaged/);
      writeFileSync(join(place.folder, "CURRENT"), `${readFileSync(join(place.folder, "CURRENT"), "utf8").trim()}x\n`);
      assert.match(await problems(place), /is damaged/);
    }));

  test("no chain at all is the person's mistake", () =>
    inChainPlace(async (place) => {
      rmSync(place.folder, { recursive: true });
      await assert.rejects(verify(place), /there is no chain in/);
    }));
});
