import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { inputOf, payment } from "@forkyard/consensus/testing/build-block";
import { InputError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { networkByName } from "@forkyard/core/params/networks";
import type { Log } from "@forkyard/core/ports/log";
import { seal } from "@forkyard/storage/codec/checksum";
import { LevelEngine } from "@forkyard/storage/engine/level-engine";
import { blockKey, coinKey, entryKey, METADATA_KEY, TIP_KEY, undoKey } from "@forkyard/storage/keys";
import { memoryChainStore } from "@forkyard/storage/open-chain-store";
import { systemClock } from "../adapters/system-clock.ts";
import { systemRandom } from "../adapters/system-random.ts";
import { ChainWorld } from "../testing/chain-world.ts";
import { type OpenChainOptions, type OpenedChain, openChain } from "./open-chain.ts";

const params = networkByName("regtest");
const curve = selectCurve();
const HEIGHT = 110;

/** A chain in a folder, with spends and a side branch, and what a healthy node makes of its blocks. */
class Place {
  readonly folder: string;
  readonly lines: string[] = [];
  readonly healthy: ChainWorld;
  readonly root: string;

  private constructor(root: string, healthy: ChainWorld) {
    this.root = root;
    this.folder = join(root, "chain");
    this.healthy = healthy;
  }

  static async make(): Promise<Place> {
    const place = new Place(
      mkdtempSync(join(tmpdir(), "forkyard-recovery-")),
      await ChainWorld.open(memoryChainStore()),
    );
    const { store } = await place.open();
    const world = await ChainWorld.open(store);
    const first = world.grow(HEIGHT - 4)[0];
    assert.ok(first?.txs[0] !== undefined);
    const spend = payment([inputOf(first.txs[0].txid, 0)], [30n, 40n]);
    world.submit(world.build({ txs: [spend] }));
    world.grow(1, world.chain.activeAt(HEIGHT - 4)?.hash);
    world.grow(3);
    place.copyTo(world);
    await store.close();
    return place;
  }

  /** Feeds the active chain to the healthy node. */
  copyTo(world: ChainWorld): void {
    for (let height = 1; height <= world.chain.tip.height; height++) {
      const block = world.chain.block(world.chain.activeAt(height)?.hash as BlockHash);
      assert.ok(block !== undefined);
      this.healthy.submit(block);
    }
  }

  open(change: Partial<OpenChainOptions> = {}): Promise<OpenedChain> {
    const write = (message: string, fields?: object): void =>
      void this.lines.push(`${message} ${JSON.stringify(fields ?? {})}`);
    const log: Log = { debug: () => {}, info: write, warn: write, error: write };
    const options = { folder: this.folder, params, curve, clock: systemClock, random: systemRandom, log };
    return openChain({ ...options, reindex: false, ...change });
  }

  /** Opens, and expects tip and coins of the healthy node. @returns what the log said */
  async expectHealthy(change: Partial<OpenChainOptions> = {}): Promise<string> {
    this.lines.length = 0;
    const { store } = await this.open(change);
    const world = await ChainWorld.open(store);
    assert.equal(world.chain.tip.hash, this.healthy.chain.tip.hash);
    assert.deepEqual(await world.coins(), await this.healthy.coins());
    assert.deepEqual(world.chain.tipRecord, this.healthy.chain.tipRecord);
    await store.close();
    assert.deepEqual(
      readdirSync(this.root).filter((name) => name !== "chain"),
      [],
    );
    return this.lines.join("\n");
  }

  /** Changes records behind the store's back. */
  async tamper(change: (engine: LevelEngine) => Promise<void>): Promise<void> {
    const engine = await LevelEngine.open(this.folder);
    await change(engine);
    await engine.close();
  }
}

async function inPlace(body: (place: Place) => Promise<void>): Promise<void> {
  const place = await Place.make();
  try {
    await body(place);
  } finally {
    rmSync(place.root, { recursive: true });
  }
}

function flip(engine: LevelEngine, key: Uint8Array): Promise<void> {
  const bytes = (engine.get(key) as Uint8Array).slice();
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] as number) ^ 4;
  return engine.write([{ kind: "put", key, value: bytes }]);
}

describe("opening a chain", () => {
  test("a sound one opens without a word", () =>
    inPlace(async (place) => {
      assert.equal(await place.expectHealthy(), "");
    }));

  test("--reindex builds index and coins anew from the blocks", () =>
    inPlace(async (place) => {
      const said = await place.expectHealthy({ reindex: true });
      assert.match(said, /"headers":111,"bodies":112,"lost":0/);
    }));

  test("coins that do not add up are rebuilt, also when the stop seemed clean", () =>
    inPlace(async (place) => {
      const coin = [...(await place.healthy.coins()).keys()][0] as string;
      const [txid, vout] = coin.split(":");
      const key = coinKey({ txid: txid as never, vout: Number(vout) });
      await place.tamper((engine) => engine.write([{ kind: "delete", key }]));
      assert.match(await place.expectHealthy(), /do not add up/);
      await place.tamper((engine) => flip(engine, key));
      assert.match(await place.expectHealthy(), /record c\/.* is damaged/);
    }));

  test("a coin in the place of another of the same value is noticed by the keyed sum", () =>
    inPlace(async (place) => {
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
    inPlace(async (place) => {
      const entry = place.healthy.chain.activeAt(40);
      assert.ok(entry !== undefined);
      const { hash } = place.healthy.chain.tip;
      for (const key of [TIP_KEY, METADATA_KEY, entryKey(entry), undoKey(hash)]) {
        await place.tamper((engine) => flip(engine, key));
        assert.match(await place.expectHealthy(), /damaged/);
        await place.tamper((engine) => engine.write([{ kind: "delete", key }]));
        assert.match(await place.expectHealthy(), /damaged/);
      }
    }));

  test("a damaged body ends the chain below it; the peers bring it again", () =>
    inPlace(async (place) => {
      const bad = place.healthy.chain.activeAt(60);
      assert.ok(bad !== undefined);
      await place.tamper((engine) => flip(engine, blockKey(bad.hash)));
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
    inPlace(async (place) => {
      for (const pattern of [/^MANIFEST/, /^CURRENT$/]) {
        for (const damage of [(path: string) => writeFileSync(path, "garbage"), (path: string) => rmSync(path)]) {
          const name = readdirSync(place.folder).find((file) => pattern.test(file)) as string;
          damage(join(place.folder, name));
          assert.match(await place.expectHealthy(), /repairing it first/, name);
        }
      }
    }));

  test("an interrupted swap is finished, an unfinished rebuild forgotten", () =>
    inPlace(async (place) => {
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
    inPlace(async (place) => {
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
