import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AssertionFault } from "@forkyard/core/errors";
import type { WriteOperation } from "./engine/engine.ts";
import { MemoryEngine } from "./engine/memory-engine.ts";
import { COMFORTABLE_BATCHES_IN_FLIGHT, MAX_BATCHES_IN_FLIGHT } from "./limits.ts";
import { WriteBehind } from "./write-behind.ts";

/** A disk whose writes wait until the test lets them finish or fail. */
class HeldEngine extends MemoryEngine {
  readonly waiting: { finish: () => void; fail: (error: Error) => void }[] = [];
  closed = false;

  override async write(operations: readonly WriteOperation[]): Promise<void> {
    await new Promise<void>((finish, fail) => this.waiting.push({ finish, fail }));
    await super.write(operations);
  }

  override async close(): Promise<void> {
    this.closed = true;
  }
}

const KEY = Uint8Array.of(1);

function put(value: number, key: Uint8Array = KEY): WriteOperation[] {
  return [{ kind: "put", key, value: Uint8Array.of(value) }];
}

/** Lets everything run that waits for nothing but promises. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe("write-behind", () => {
  test("shows a commit at once and writes one batch after the other", async () => {
    const engine = new HeldEngine();
    const store = new WriteBehind(engine);
    const first = store.commit(put(1));
    const second = store.commit(put(2));
    const third = store.commit([{ kind: "delete", key: KEY }]);
    assert.equal(store.get(KEY), undefined);
    await settle();
    assert.equal(engine.waiting.length, 1, "the second write waits for the first");
    engine.waiting[0]?.finish();
    await first;
    assert.deepEqual(engine.get(KEY), Uint8Array.of(1));
    assert.equal(store.get(KEY), undefined, "the overlay still holds the later changes");
    await settle();
    engine.waiting[1]?.finish();
    await second;
    await settle();
    engine.waiting[2]?.finish();
    await third;
    assert.equal(store.get(KEY), undefined);
    assert.deepEqual(store.inFlight, { batches: 0, bytes: 0 });
  });

  test("after a failed write rejects that commit and every later one and writes nothing more", async () => {
    const engine = new HeldEngine();
    const store = new WriteBehind(engine);
    const disk = new Error("EIO");
    const first = store.commit(put(1));
    const second = store.commit(put(2));
    await settle();
    engine.waiting[0]?.fail(disk);
    await assert.rejects(first, disk);
    await assert.rejects(second, disk);
    await assert.rejects(store.commit(put(3)), disk);
    await assert.rejects(store.close([]), disk);
    assert.equal(engine.waiting.length, 1);
    assert.equal(engine.get(KEY), undefined);
    assert.equal(engine.closed, true);
  });

  test("close writes what is left, then the last batch, then closes", async () => {
    const engine = new HeldEngine();
    const store = new WriteBehind(engine);
    const first = store.commit(put(1));
    const closing = store.close(put(9, Uint8Array.of(2)));
    await assert.rejects(store.commit(put(2)), AssertionFault);
    await settle();
    engine.waiting[0]?.finish();
    await first;
    await settle();
    assert.equal(engine.closed, false);
    engine.waiting[1]?.finish();
    await closing;
    assert.equal(engine.closed, true);
    assert.deepEqual(engine.get(Uint8Array.of(2)), Uint8Array.of(9));
    await store.close([]);
  });

  test("between sees the commits before it and none after", async () => {
    const engine = new HeldEngine();
    const store = new WriteBehind(engine);
    void store.commit(put(1));
    const seen = store.between((held) => held.get(KEY));
    void store.commit(put(2));
    await settle();
    engine.waiting[0]?.finish();
    assert.deepEqual(await seen, Uint8Array.of(1));
    await settle();
    engine.waiting[1]?.finish();
  });

  test("ready waits only while much is in flight", async () => {
    const engine = new HeldEngine();
    const store = new WriteBehind(engine);
    for (let i = 0; i < COMFORTABLE_BATCHES_IN_FLIGHT; i++) {
      await store.ready();
      void store.commit(put(1));
    }
    let ready = false;
    const waiting = (async () => {
      await store.ready();
      ready = true;
    })();
    await settle();
    assert.equal(ready, false);
    for (let i = 0; i < COMFORTABLE_BATCHES_IN_FLIGHT; i++) {
      engine.waiting[i]?.finish();
      await settle();
    }
    await waiting;
  });

  test("stops a caller that never waits", async () => {
    const store = new WriteBehind(new HeldEngine());
    for (let i = 0; i < MAX_BATCHES_IN_FLIGHT; i++) void store.commit(put(1));
    await assert.rejects(store.commit(put(1)), AssertionFault);
  });
});
