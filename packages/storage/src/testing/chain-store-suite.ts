import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AssertionFault, InputError } from "@forkyard/core/errors";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import { outPointKey } from "@forkyard/core/tx";
import { auditCoins } from "../audit-coins.ts";
import type { EngineChainStore } from "../chain-store.ts";
import { seal } from "../codec/checksum.ts";
import { type ChainIdentity, encodeMetadata } from "../codec/metadata.ts";
import { COIN_SUM_KEY_BYTES } from "../coin-sum.ts";
import type { Engine } from "../engine/engine.ts";
import { StoreDamagedError } from "../errors.ts";
import { claimEngine } from "../identity.ts";
import { coinKey, METADATA_KEY, TIP_KEY } from "../keys.ts";
import { openChainStore } from "../open-chain-store.ts";
import { fixedRandom } from "./fixed-random.ts";
import { coinsOf, connectToy, disconnectToy, TOY_GENESIS, type ToyBlock, tipOf, toyBlockAfter } from "./toy-chain.ts";

/** A place that an engine can be opened in again and again. */
export interface EnginePlace {
  open(): Promise<Engine>;
  remove(): Promise<void>;
}

const IDENTITY: ChainIdentity = { networkName: "regtest", genesisHash: TOY_GENESIS.entry.hash };
const BIG_BATCH_COINS = 40_000;

/** What every engine must do under the chain store. */
export function chainStoreSuite(name: string, newPlace: () => Promise<EnginePlace>): void {
  /** Runs a test in a place of its own. */
  async function inPlace(body: (open: () => Promise<EngineChainStore>, place: EnginePlace) => Promise<void>) {
    const place = await newPlace();
    try {
      await body(async () => openChainStore(await place.open(), IDENTITY, fixedRandom), place);
    } finally {
      await place.remove();
    }
  }

  describe(`chain store over ${name}`, () => {
    test("is empty at first", () => inPlace(readsNothing));
    test("reads what was committed before and after it is on disk, and after reopening", () => inPlace(readsCommitted));
    test("takes a reorganisation in one batch, later calls winning", () => inPlace(reorganises));
    test("yields parents before children whatever the order of commits", () => inPlace(ordersEntries));
    test("takes tens of thousands of coins in one batch", () => inPlace(takesBigBatch));
    test("scans coins as of one moment, whatever is committed meanwhile", () => inPlace(scansOneMoment));
    test("knows whether it was closed cleanly", () => inPlace(knowsCleanClose));
    test("refuses another network, genesis or schema, and foreign data, in one line", () => inPlace(refusesOthers));
    test("tells damage of coins, tip and metadata apart from absence", () => inPlace(reportsDamage));
    test("commits a batch once", () => inPlace(commitsOnce));
  });
}

type Body = (open: () => Promise<EngineChainStore>, place: EnginePlace) => Promise<void>;

const readsNothing: Body = async (open) => {
  const store = await open();
  assert.equal(store.tip(), undefined);
  assert.equal(store.coin({ txid: "00".repeat(32) as Txid, vout: 0 }), undefined);
  assert.equal(store.blockBytes(TOY_GENESIS.entry.hash), undefined);
  assert.equal(store.undo(TOY_GENESIS.entry.hash), undefined);
  assert.deepEqual(await collect(store.entries()), []);
  assert.deepEqual(await collect(store.coins()), []);
  assert.equal((await auditCoins(store)).consistent, true);
  await store.close();
};

const readsCommitted: Body = async (open) => {
  const chain = toyChain(8);
  const store = await open();
  const commits = chain.map((_, i) => commitUpTo(store, chain.slice(0, i + 1)));
  assertHolds(store, chain);
  assert.equal(store.inFlight.batches, chain.length);
  await Promise.all(commits);
  assert.deepEqual(store.inFlight, { batches: 0, bytes: 0 });
  assertHolds(store, chain);
  await store.close();

  const reopened = await open();
  assertHolds(reopened, chain);
  assert.deepEqual(
    await collect(reopened.entries()),
    chain.map(({ entry }) => entry),
  );
  await assertCoins(reopened, chain);
  await reopened.close();
};

const reorganises: Body = async (open) => {
  const old = toyChain(6);
  const branch = old.slice(0, 3);
  for (let salt = 100; branch.length < 8; salt++) branch.push(toyBlockAfter(branch, salt));
  const store = await open();
  for (let i = 0; i < old.length; i++) await commitUpTo(store, old.slice(0, i + 1));

  const batch = store.batch();
  for (const block of old.slice(3).toReversed()) disconnectToy(batch, block);
  for (const block of branch.slice(3)) connectToy(batch, block);
  batch.putTip(tipOf(branch));
  const written = store.commit(batch);
  assertHolds(store, branch);
  await written;
  await assertCoins(store, branch);
  for (const { delta } of old.slice(3)) {
    for (const { outPoint } of delta.created) assert.equal(store.coin(outPoint), undefined);
  }
  await store.close();
};

const ordersEntries: Body = async (open) => {
  const chain = toyChain(300);
  const store = await open();
  for (const { entry } of chain.toReversed()) {
    const batch = store.batch();
    batch.putEntry(entry);
    void store.commit(batch);
  }
  const seen = new Set<BlockHash>([TOY_GENESIS.entry.header.prevHash]);
  for await (const entry of store.entries()) {
    assert.ok(seen.has(entry.header.prevHash), `parent of height ${entry.height} comes later`);
    seen.add(entry.hash);
  }
  assert.equal(seen.size, chain.length + 1);
  await store.close();
};

const takesBigBatch: Body = async (open) => {
  const store = await open();
  const txid = "cd".repeat(32) as Txid;
  const batch = store.batch();
  const output = { value: 1n, scriptPubKey: new Uint8Array(22) };
  for (let vout = 0; vout < BIG_BATCH_COINS; vout++) {
    batch.putCoin({ txid, vout }, { output, height: 1, coinbase: false });
  }
  const { hash } = TOY_GENESIS.entry;
  batch.putTip({ hash, height: 1, coinCount: BIG_BATCH_COINS, coinTotal: BigInt(BIG_BATCH_COINS) });
  await store.commit(batch);
  const audit = await auditCoins(store);
  assert.equal(audit.coinCount, BIG_BATCH_COINS);
  assert.equal(audit.consistent, true);
  await store.close();
};

const scansOneMoment: Body = async (open) => {
  const chain = toyChain(30);
  const store = await open();
  for (let i = 0; i < 10; i++) void commitUpTo(store, chain.slice(0, i + 1));
  const audit = auditCoins(store);
  for (let i = 10; i < 30; i++) void commitUpTo(store, chain.slice(0, i + 1));
  const { tip, consistent } = await audit;
  assert.equal(tip?.height, 9);
  assert.equal(consistent, true);
  await store.close();
};

const knowsCleanClose: Body = async (_open, place) => {
  const first = await place.open();
  assert.equal((await claimEngine(first, IDENTITY, fixedRandom)).closedCleanly, true);
  await first.close();
  const second = await openChainStore(await place.open(), IDENTITY, fixedRandom);
  assert.equal(second.closedCleanly, false, "the first was closed behind the store's back");
  await second.close();
  const third = await openChainStore(await place.open(), IDENTITY, fixedRandom);
  assert.equal(third.closedCleanly, true);
  await third.close();
};

const refusesOthers: Body = async (open, place) => {
  await (await open()).close();
  const wrong: readonly [ChainIdentity, RegExp][] = [
    [{ ...IDENTITY, networkName: "devnet" }, /holds the network "regtest", not "devnet": choose another data folder$/],
    [{ ...IDENTITY, genesisHash: "ee".repeat(32) as BlockHash }, /chain that begins with .*, not eeee.*: choose/],
  ];
  for (const [identity, message] of wrong) {
    await rejectsWithInput(openChainStore(await place.open(), identity, fixedRandom), message);
  }
  // Data of the first schema: what comes after the genesis hash was not there.
  const old = encodeMetadata({ ...IDENTITY, schemaVersion: 1, coinSumKey: new Uint8Array(0) });
  const first = await place.open();
  await first.write([{ kind: "put", key: METADATA_KEY, value: seal(METADATA_KEY, old) }]);
  await rejectsWithInput(openChainStore(first, IDENTITY, fixedRandom), /written in schema 1, this program knows 2/);
  const engine = await place.open();
  const metadata = encodeMetadata({ ...IDENTITY, schemaVersion: 3, coinSumKey: new Uint8Array(COIN_SUM_KEY_BYTES) });
  await engine.write([{ kind: "put", key: METADATA_KEY, value: seal(METADATA_KEY, metadata) }]);
  await rejectsWithInput(openChainStore(engine, IDENTITY, fixedRandom), /written in schema 3, this program knows 2/);
  const foreign = await place.open();
  await foreign.write([
    { kind: "delete", key: METADATA_KEY },
    { kind: "put", key: TIP_KEY, value: TIP_KEY },
  ]);
  await assert.rejects(
    openChainStore(foreign, IDENTITY, fixedRandom),
    (error: Error) => error instanceof StoreDamagedError && /not a Forkyard chain/.test(error.message),
  );
};

const reportsDamage: Body = async (open, place) => {
  const chain = toyChain(3);
  const { outPoint } = chain.at(-1)?.delta.created.at(0) ?? assert.fail("a toy block makes coins");
  const store = await open();
  await commitUpTo(store, chain.slice(0, 1));
  await commitUpTo(store, chain.slice(0, 2));
  await commitUpTo(store, chain);
  await store.close();

  for (const key of [coinKey(outPoint), TIP_KEY]) {
    const engine = await place.open();
    const intact = engine.get(key) as Uint8Array;
    const damaged = intact.slice();
    damaged.set([(damaged.at(5) ?? 0) ^ 1], 5);
    await engine.write([{ kind: "put", key, value: damaged }]);
    if (key === TIP_KEY) {
      await assert.rejects(openChainStore(engine, IDENTITY, fixedRandom), tellsDamage);
    } else {
      const opened = await openChainStore(engine, IDENTITY, fixedRandom);
      assert.throws(() => opened.coin(outPoint), tellsDamage);
      await assert.rejects(auditCoins(opened), StoreDamagedError);
      await opened.close();
    }
    const mended = await place.open();
    await mended.write([{ kind: "put", key, value: intact }]);
    await mended.close();
  }
  const engine = await place.open();
  await engine.write([{ kind: "put", key: METADATA_KEY, value: METADATA_KEY }]);
  await assert.rejects(openChainStore(engine, IDENTITY, fixedRandom), StoreDamagedError);
};

function tellsDamage(error: Error): boolean {
  return error instanceof StoreDamagedError && /is damaged/.test(error.message);
}

const commitsOnce: Body = async (open) => {
  const store = await open();
  const batch = store.batch();
  batch.putTip(tipOf([TOY_GENESIS]));
  await store.commit(batch);
  await assert.rejects(store.commit(batch), AssertionFault);
  assert.throws(() => batch.putTip(tipOf([TOY_GENESIS])), AssertionFault);
  await store.close();
  await assert.rejects(store.commit(store.batch()), AssertionFault);
};

function toyChain(length: number): ToyBlock[] {
  const chain = [TOY_GENESIS];
  while (chain.length < length) chain.push(toyBlockAfter(chain, chain.length));
  return chain;
}

/** Commits the last block of the chain. */
async function commitUpTo(store: EngineChainStore, chain: readonly ToyBlock[]): Promise<void> {
  const batch = store.batch();
  connectToy(batch, chain.at(-1) as ToyBlock);
  batch.putTip(tipOf(chain));
  await store.commit(batch);
}

function assertHolds(store: EngineChainStore, chain: readonly ToyBlock[]): void {
  assert.deepEqual(store.tip(), tipOf(chain));
  for (const { entry, bytes, delta } of chain) {
    assert.deepEqual(Buffer.from(store.blockBytes(entry.hash) ?? []), Buffer.from(bytes));
    assert.deepEqual(store.undo(entry.hash), delta);
  }
  const coins = coinsOf(chain);
  for (const { delta } of chain) {
    for (const { outPoint } of delta.created) {
      assert.deepEqual(store.coin(outPoint), coins.get(outPointKey(outPoint))?.coin);
    }
  }
}

async function assertCoins(store: EngineChainStore, chain: readonly ToyBlock[]): Promise<void> {
  const found = new Map((await collect(store.coins())).map((change) => [outPointKey(change.outPoint), change]));
  assert.deepEqual(found, coinsOf(chain));
  assert.equal((await auditCoins(store)).consistent, true);
}

async function rejectsWithInput(promise: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, message);
    assert.ok(!error.message.includes("\n"));
    return true;
  });
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
