import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { StoreDamagedError } from "./errors.ts";
import { memoryChainStore, openLevelChainStore } from "./open-chain-store.ts";
import { fixedRandom } from "./testing/fixed-random.ts";
import { TOY_GENESIS, tipOf } from "./testing/toy-chain.ts";

const IDENTITY = { networkName: "regtest", genesisHash: TOY_GENESIS.entry.hash };

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "forkyard-open-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("opening a chain", () => {
  test("in memory needs no place", async () => {
    const store = memoryChainStore();
    const batch = store.batch();
    batch.putTip(tipOf([TOY_GENESIS]));
    await store.commit(batch);
    assert.deepEqual(store.tip(), tipOf([TOY_GENESIS]));
    await store.close();
  });

  test("a folder that is open already is refused", () =>
    inFolder(async (folder) => {
      const store = await openLevelChainStore(folder, IDENTITY, fixedRandom);
      await assert.rejects(
        openLevelChainStore(folder, IDENTITY, fixedRandom),
        (error: Error) => error instanceof InputError && /in use by another process/.test(error.message),
      );
      await store.close();
    }));

  test("a file where the folder should be is the person's mistake", () =>
    inFolder(async (folder) => {
      const path = join(folder, "file");
      await writeFile(path, "");
      await assert.rejects(
        openLevelChainStore(path, IDENTITY, fixedRandom),
        (error: Error) => error instanceof InputError,
      );
    }));

  test("a broken database says so and what to do", () =>
    inFolder(async (folder) => {
      await (await openLevelChainStore(folder, IDENTITY, fixedRandom)).close();
      const manifest = (await readdir(folder)).find((name) => name.startsWith("MANIFEST")) as string;
      const bytes = await readFile(join(folder, manifest));
      await writeFile(join(folder, manifest), bytes.fill(0x5a));
      await assert.rejects(
        openLevelChainStore(folder, IDENTITY, fixedRandom),
        (error: Error) => error instanceof StoreDamagedError && /is damaged/.test(error.message),
      );
    }));
});
