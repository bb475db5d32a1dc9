import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { outPointKey } from "@forkyard/core/tx";
import { auditCoins } from "./audit-coins.ts";
import type { EngineChainStore } from "./chain-store.ts";
import { openLevelChainStore } from "./open-chain-store.ts";
import { spawnScript } from "./testing/child.ts";
import { fixedRandom } from "./testing/fixed-random.ts";
import { coinsOf, TOY_GENESIS, type ToyBlock, tipOf, toyBlockAfter } from "./testing/toy-chain.ts";

const KILLS = 25;
/** Lines read from the writer before it is killed: 1 is before the database is open. */
const MAX_LINES = 60;

test(`after each of ${KILLS} kills the tip fits the coins and no acknowledged commit is missing`, async (context) => {
  const seed = Number(process.env["FORKYARD_SEED"] ?? Date.now() % 1_000_000);
  context.diagnostic(`FORKYARD_SEED=${seed}`);
  let state = seed;
  const random = (below: number) => {
    state = (state * 48271 + 11) % 0x7fffffff;
    return state % below;
  };
  const folder = await mkdtemp(join(tmpdir(), "forkyard-crash-"));
  try {
    let acknowledged = -1;
    for (let kill = 0; kill < KILLS; kill++) {
      const heights = await writeUntilKilled(folder, 1 + random(1_000_000), 1 + random(MAX_LINES));
      acknowledged = Math.max(acknowledged, ...heights);
      await checkStore(folder, acknowledged);
    }
    assert.ok(acknowledged > KILLS, `the writer hardly got anywhere: height ${acknowledged}`);
    context.diagnostic(`height ${acknowledged} acknowledged`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Runs the writer and kills it at its line number `lines`; what it acknowledged until the kill took effect. */
async function writeUntilKilled(folder: string, seed: number, lines: number): Promise<number[]> {
  const writer = spawnScript("crash-writer.ts", [folder, String(seed)]);
  const exited = once(writer, "exit");
  const heights: number[] = [];
  let seen = 0;
  for await (const line of createInterface(writer.stdout as NodeJS.ReadableStream)) {
    if (++seen === lines) writer.kill("SIGKILL");
    if (/^\d+$/.test(line)) heights.push(Number(line));
  }
  const [, signal] = await exited;
  assert.equal(signal, "SIGKILL", "the writer ended by itself");
  return heights;
}

async function checkStore(folder: string, acknowledged: number): Promise<void> {
  const store = await openLevelChainStore(
    folder,
    { networkName: "regtest", genesisHash: TOY_GENESIS.entry.hash },
    fixedRandom,
  );
  const audit = await auditCoins(store);
  assert.equal(
    audit.consistent,
    true,
    JSON.stringify(audit, (_, value) => String(value)),
  );
  assert.ok((audit.tip?.height ?? -1) >= acknowledged, `tip ${audit.tip?.height} below acknowledged ${acknowledged}`);
  if (audit.tip !== undefined) await checkContent(store);
  await store.close();
}

/** Works out from the headers what the store must hold, and compares. */
async function checkContent(store: EngineChainStore): Promise<void> {
  const headers = new Map<string, { prev: string; salt: number }>();
  for await (const { hash, header } of store.entries())
    headers.set(hash, { prev: header.prevHash, salt: header.nonce });
  const salts: number[] = [];
  for (let at = headers.get(store.tip()?.hash ?? ""); at !== undefined; at = headers.get(at.prev)) salts.push(at.salt);
  const chain: ToyBlock[] = [TOY_GENESIS];
  for (const salt of salts.toReversed().slice(1)) chain.push(toyBlockAfter(chain, salt));
  assert.deepEqual(store.tip(), tipOf(chain));
  for (const { entry, bytes, delta } of chain) {
    assert.deepEqual(Buffer.from(store.blockBytes(entry.hash) ?? []), Buffer.from(bytes));
    assert.deepEqual(store.undo(entry.hash), delta);
  }
  const found = new Map<string, unknown>();
  for await (const change of store.coins()) found.set(outPointKey(change.outPoint), change);
  assert.deepEqual(found, coinsOf(chain));
}
