import { join } from "node:path";
import type { TipRecord } from "@forkyard/core/chain";
import type { BlockDelta, Coin, CoinChange } from "@forkyard/core/coins";
import type { BlockHash, MerkleRoot, Txid } from "@forkyard/core/hash";
import { systemRandom } from "@forkyard/node/adapters/system-random";
import type { EngineChainStore } from "@forkyard/storage/chain-store";
import type { CoinCacheOptions } from "@forkyard/storage/flush-policy";
import { COIN_CACHE_ENTRY_BYTES, DEFAULT_COIN_CACHE_BYTES } from "@forkyard/storage/limits";
import { openLevelChainStore } from "@forkyard/storage/open-chain-store";
import { type BenchResult, type Suite, summary } from "./measure.ts";
import { withTemporaryFolder } from "./support/temporary-folder.ts";

const ROUNDS = 5;
const SPENDS = 2_000;
const BLOCKS = 40;
const BLOCK_BYTES = 400_000;
const SCRIPT_BYTES = 22;
/** Each block spends what the block so far below it made. */
const SPEND_DISTANCE = 10;
const TXID_BYTES = 32;

/** What the coins of a block cost on disk, beside its rules and scripts. */
export const coinStoreSuite: Suite = {
  name: "coin-store",
  about: "coins on LevelDB: a block of 2,000 spends stored, 64 MB of coins flushed, a block's inputs read cold",
  async run(progress) {
    const results: BenchResult[] = [];
    results.push(...(await storeBlocks("coins stored with each block", { flushEachBlock: true })));
    progress("coins with each block");
    results.push(...(await storeBlocks("coins stored now and then", {})));
    progress("coins now and then");
    results.push(...(await flushFullCache()));
    progress("full cache");
    results.push(...(await readCold()));
    return results;
  },
};

/** A store in which blocks follow one another that spend and make coins, without rules. */
class Blocks {
  readonly store: EngineChainStore;
  readonly #body = new Uint8Array(BLOCK_BYTES);
  readonly #made: CoinChange[][] = [];
  #tip: TipRecord = { hash: hashOf(), height: 0, coinCount: 0, coinTotal: 0n };

  private constructor(store: EngineChainStore) {
    this.store = store;
  }

  static async open(folder: string, options: CoinCacheOptions): Promise<Blocks> {
    const identity = { networkName: "regtest", genesisHash: "00".repeat(TXID_BYTES) as BlockHash };
    const blocks = new Blocks(await openLevelChainStore(join(folder, "chain"), identity, systemRandom, options));
    await blocks.add(0, 0);
    return blocks;
  }

  /** Adds a block that makes so many coins and spends as many older ones as there are, up to `spends`. */
  async add(spends: number, makes: number): Promise<void> {
    const { store } = this;
    const spent = (this.#made.at(-SPEND_DISTANCE) ?? []).slice(0, spends);
    for (const { outPoint } of spent) if (store.coin(outPoint) === undefined) throw new Error("a coin is gone");
    const delta: BlockDelta = { spent, created: newCoins(makes, this.#tip.height + 1) };
    this.#made.push([...delta.created]);
    const hash = hashOf();
    const { height, coinCount } = this.#tip;
    const batch = store.batch();
    batch.putEntry(entryOf(hash, this.#tip));
    batch.putBlock(hash, this.#body);
    batch.putUndo(hash, delta);
    for (const { outPoint, coin } of delta.spent) batch.deleteCoin(outPoint, coin);
    for (const { outPoint, coin } of delta.created) batch.putCoin(outPoint, coin);
    const grown = delta.created.length - delta.spent.length;
    this.#tip = { hash, height: height + 1, coinCount: coinCount + grown, coinTotal: 0n };
    batch.putTip(this.#tip);
    await store.commit(batch);
  }
}

async function storeBlocks(how: string, options: CoinCacheOptions): Promise<BenchResult[]> {
  const cpu: number[] = [];
  const wall: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    await withTemporaryFolder(async (folder) => {
      const blocks = await Blocks.open(folder, options);
      for (let i = 0; i < SPEND_DISTANCE; i++) await blocks.add(0, SPENDS);
      const took = await timed(async () => {
        for (let i = 0; i < BLOCKS; i++) await blocks.add(SPENDS, SPENDS);
      });
      await blocks.store.close();
      if (round === 0) return;
      cpu.push(took.cpuMs / BLOCKS);
      wall.push(took.wallMs / BLOCKS);
    });
  }
  const name = `store a block of ${SPENDS} spends, ${how}`;
  return [summary(`${name}, main thread`, "ms", "thread-cpu", cpu), summary(name, "ms", "wall", wall)];
}

async function flushFullCache(): Promise<BenchResult[]> {
  const cpu: number[] = [];
  const wall: number[] = [];
  const coins = Math.floor(DEFAULT_COIN_CACHE_BYTES / (COIN_CACHE_ENTRY_BYTES + SCRIPT_BYTES));
  for (let round = 0; round < ROUNDS; round++) {
    await withTemporaryFolder(async (folder) => {
      const blocks = await Blocks.open(folder, {});
      for (let made = 0; made < coins; made += SPENDS) await blocks.add(0, Math.min(SPENDS, coins - made));
      const took = await timed(() => blocks.store.flush());
      cpu.push(took.cpuMs);
      wall.push(took.wallMs);
      await blocks.store.close();
    });
  }
  const name = `flush a full cache of 64 MB (${coins} coins)`;
  return [summary(`${name}, main thread`, "ms", "thread-cpu", cpu), summary(name, "ms", "wall", wall)];
}

async function readCold(): Promise<BenchResult[]> {
  const samples = { oneByOne: [] as number[], prefetched: [] as number[] };
  await withTemporaryFolder(async (folder) => {
    const blocks = await Blocks.open(folder, { flushEachBlock: true });
    for (let i = 0; i < 2 * BLOCKS; i++) await blocks.add(0, SPENDS);
    await blocks.store.close();
    for (let round = 0; round < ROUNDS; round++) {
      for (const kind of ["oneByOne", "prefetched"] as const) {
        const again = await Blocks.open(folder, {});
        const wanted = await someCoins(again.store, (2 * round + (kind === "oneByOne" ? 0 : 1)) * SPENDS);
        const took = await timed(async () => {
          if (kind === "prefetched") await again.store.prefetch(wanted);
          for (const outPoint of wanted) again.store.coin(outPoint);
        });
        samples[kind].push(took.cpuMs);
        await again.store.close();
      }
    }
  });
  const name = `read ${SPENDS} coins that are not in memory`;
  return [
    summary(`${name}, one by one, main thread`, "ms", "thread-cpu", samples.oneByOne),
    summary(`${name}, prefetched, main thread`, "ms", "thread-cpu", samples.prefetched),
  ];
}

async function someCoins(store: EngineChainStore, skip: number): Promise<CoinChange["outPoint"][]> {
  const found: CoinChange["outPoint"][] = [];
  let left = skip;
  for await (const { outPoint } of store.coins()) {
    if (left-- > 0) continue;
    found.push(outPoint);
    if (found.length === SPENDS) break;
  }
  return found;
}

async function timed(work: () => Promise<unknown>): Promise<{ cpuMs: number; wallMs: number }> {
  const startedMs = performance.now();
  const before = process.threadCpuUsage();
  await work();
  const used = process.threadCpuUsage(before);
  return { cpuMs: (used.user + used.system) / 1000, wallMs: performance.now() - startedMs };
}

function newCoins(count: number, height: number): CoinChange[] {
  return Array.from({ length: count }, () => {
    const txid = Buffer.from(systemRandom.bytes(TXID_BYTES)).toString("hex") as Txid;
    const coin: Coin = { output: { value: 0n, scriptPubKey: new Uint8Array(SCRIPT_BYTES) }, height, coinbase: false };
    return { outPoint: { txid, vout: 0 }, coin };
  });
}

function hashOf(): BlockHash {
  return Buffer.from(systemRandom.bytes(TXID_BYTES)).toString("hex") as BlockHash;
}

function entryOf(hash: BlockHash, parent: TipRecord): Parameters<ReturnType<EngineChainStore["batch"]>["putEntry"]>[0] {
  const merkleRoot = "00".repeat(TXID_BYTES) as MerkleRoot;
  const header = { version: 1, prevHash: parent.hash, merkleRoot, time: 0, bits: 0x207fffff, nonce: 0 };
  const { height } = parent;
  return {
    hash,
    header,
    height: height + 1,
    chainWork: 1n,
    scheduleTime: 0,
    status: "connected",
    sequence: height + 1,
  };
}
