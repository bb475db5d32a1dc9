import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { inputOf, payment } from "@forkyard/consensus/testing/build-block";
import type { BlockHash } from "@forkyard/core/hash";
import { networkByName } from "@forkyard/core/params/networks";
import type { Log } from "@forkyard/core/ports/log";
import { LevelEngine } from "@forkyard/storage/engine/level-engine";
import { memoryChainStore } from "@forkyard/storage/open-chain-store";
import { systemClock } from "../adapters/system-clock.ts";
import { systemRandom } from "../adapters/system-random.ts";
import { type OpenChainOptions, type OpenedChain, openChain } from "../recovery/open-chain.ts";
import { ChainWorld } from "./chain-world.ts";

const params = networkByName("regtest");
const curve = selectCurve();
const HEIGHT = 110;

/** A chain in a folder, with spends and a side branch, and what a healthy node makes of its blocks. */
export class ChainPlace {
  readonly folder: string;
  readonly lines: string[] = [];
  readonly healthy: ChainWorld;
  readonly root: string;

  private constructor(root: string, healthy: ChainWorld) {
    this.root = root;
    this.folder = join(root, "chain");
    this.healthy = healthy;
  }

  static async make(): Promise<ChainPlace> {
    const place = new ChainPlace(
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

/** Makes such a place for the time of a test. */
export async function inChainPlace(body: (place: ChainPlace) => Promise<void>): Promise<void> {
  const place = await ChainPlace.make();
  try {
    await body(place);
  } finally {
    rmSync(place.root, { recursive: true });
  }
}

/** Flips one bit in the middle of a record. */
export function flipBit(engine: LevelEngine, key: Uint8Array): Promise<void> {
  const bytes = (engine.get(key) as Uint8Array).slice();
  const at = bytes.length >> 1;
  bytes.set([(bytes.at(at) ?? 0) ^ 4], at);
  return engine.write([{ kind: "put", key, value: bytes }]);
}
