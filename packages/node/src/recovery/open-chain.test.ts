import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { seal } from "@forkyard/storage/codec/checksum";
import { blockKey, coinKey, entryKey, METADATA_KEY, TIP_KEY, undoKey } from "@forkyard/storage/keys";
import { openLevelChainStore } from "@forkyard/storage/open-chain-store";
import { systemRandom } from "../adapters/system-random.ts";
import { flipBit, inChainPlace } from "../testing/chain-place.ts";
import { ChainWorld } from "../testing/chain-world.ts";

describe("opening a chain", () => {
  test("a sound one opens without a word", () =>
    inChainPlace(async (place) => {
      assert.equal(await place.expectHealthy(), "");
    }));

  test("--reindex builds index and coins anew from the blocks", () =>
    inChainPlace(async (place) => {
      const said = await place.expectHealthy({ reindex: true });
      assert.match(said, /"headers":111,"bodies":112,"lost":0/);
    }));

  test("--reindex of a folder in which nothing was stored yet begins a chain", () =>
    inChainPlace(async (place) => {
      const { name: networkName, genesis } = networkByName("regtest");
      const identity = { networkName, genesisHash: genesis.hash };
      for (const isBegun of [true, false]) {
        rmSync(place.folder, { recursive: true });
        if (isBegun) await (await openLevelChainStore(place.folder, identity, systemRandom)).close();
        else mkdirSync(place.folder);
        const { store, start } = await place.open({ reindex: true });
        assert.equal(start.tip.hash, genesis.hash);
        await store.close();
      }
    }));

  test("a database whose making was interrupted is made again", () =>
    inChainPlace(async (place) => {
      for (const reindex of [true, false]) {
        rmSync(place.folder, { recursive: true });
        mkdirSync(place.folder);
        for (const name of ["LOCK", "MANIFEST-000001", "000001.dbtmp"]) writeFileSync(join(place.folder, name), "");
        const { store, start } = await place.open({ reindex });
        assert.equal(start.tip.height, 0);
        await store.close();
      }
    }));

  test("coins that do not add up are rebuilt, also when the stop seemed clean", () =>
    inChainPlace(async (place) => {
      const coin = [...(await place.healthy.coins()).keys()][0] as string;
      const [txid, vout] = coin.split(":");
      const key = coinKey({ txid: txid as never, vout: Number(vout) });
      await place.tamper((engine) => engine.write([{ kind: "delete", key }]));
      assert.match(await place.expectHealthy(), /do not add up/);
      await place.tamper((engine) => flipBit(engine, key));
      assert.match(await place.expectHealthy(), /record c\/.* is damaged/);
    }));

  test("a coin in the place of another of the same value is noticed by the keyed sum", () =>
    inChainPlace(async (place) => {
      const coins = [...(await place.healthy.coins()).keys()];
      const [txid, vout] = (coins[0] as string).split(":");
      const key = coinKey({ txid: txid as never, vout: Number(vout) });
      const other = coinKey({ txid: "77".repeat(32) as never, vout: 0 });
      await place.tamper(async (engine) => {
        const value = (engine.get(key) as Uint8Array).slice(0, -4);
        await engine.write([
          { kind: "delete", key },
          { kind: "put", key: other, value: seal(other, value) },
        ]);
      });
      assert.match(await place.expectHealthy(), /do not add up/);
    }));

  test("damaged tip, metadata, entries and undo data of the last blocks are made anew", () =>
    inChainPlace(async (place) => {
      const entry = place.healthy.chain.activeAt(40);
      assert.ok(entry !== undefined);
      const { hash } = place.healthy.chain.tip;
      for (const key of [TIP_KEY, METADATA_KEY, entryKey(entry), undoKey(hash)]) {
        await place.tamper((engine) => flipBit(engine, key));
        assert.match(await place.expectHealthy(), /damaged/);
        await place.tamper((engine) => engine.write([{ kind: "delete", key }]));
        assert.match(await place.expectHealthy(), /damaged/);
      }
    }));

  test("a damaged body ends the chain below it; the peers bring it again", () =>
    inChainPlace(async (place) => {
      const bad = place.healthy.chain.activeAt(60);
      assert.ok(bad !== undefined);
      await place.tamper((engine) => flipBit(engine, blockKey(bad.hash)));
      const { store, start } = await place.open({ reindex: true });
      assert.equal(start.tip.height, 59);
      const world = await ChainWorld.open(store);
      assert.equal(world.entry(bad.hash).status, "header");
      const body = place.healthy.chain.block(bad.hash);
      assert.ok(body !== undefined);
      world.submit(body);
      assert.equal(world.chain.tip.hash, place.healthy.chain.tip.hash);
      await store.close();
      assert.equal(await place.expectHealthy(), "");
    }));

  test("a database that LevelDB does not open is repaired first", () =>
    inChainPlace(async (place) => {
      for (const pattern of [/^MANIFEST/, /^CURRENT$/]) {
        for (const damage of [(path: string) => writeFileSync(path, "garbage"), (path: string) => rmSync(path)]) {
          const name = readdirSync(place.folder).find((file) => pattern.test(file)) as string;
          damage(join(place.folder, name));
          assert.match(await place.expectHealthy(), /repairing it first/, name);
        }
      }
    }));

  test("an interrupted swap is finished, an unfinished rebuild forgotten", () =>
    inChainPlace(async (place) => {
      const [fresh, old] = [`${place.folder}.new`, `${place.folder}.damaged`];
      mkdirSync(fresh);
      assert.equal(await place.expectHealthy(), "", "the old chain is still in its place: the new one is unfinished");
      cpSync(place.folder, fresh, { recursive: true });
      renameSync(place.folder, old);
      rmSync(join(old, "CURRENT"));
      assert.equal(await place.expectHealthy(), "", "the old chain is out of its place: the new one is whole");
      renameSync(place.folder, old);
      assert.equal(await place.expectHealthy(), "", "there is only the old one");
      cpSync(place.folder, old, { recursive: true });
      assert.equal(await place.expectHealthy(), "", "the new one is in its place, the old one not yet deleted");
    }));

  test("what is no chain of this network is refused in one line", () =>
    inChainPlace(async (place) => {
      rmSync(place.folder, { recursive: true });
      await place.tamper((engine) => engine.write([{ kind: "put", key: Uint8Array.of(0x62, 1), value: TIP_KEY }]));
      await assert.rejects(place.open(), (error: Error) => {
        assert.ok(error instanceof InputError, String(error));
        assert.match(error.message, /nothing of a regtest chain is readable .*: remove that folder/);
        return true;
      });
      assert.equal(existsSync(place.folder), true, "what is refused is not deleted");
    }));
});
