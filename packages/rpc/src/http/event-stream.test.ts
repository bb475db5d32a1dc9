import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { describe, test } from "node:test";
import type { BlockHash } from "@forkyard/core/hash";
import { MAX_STREAM_BUFFER_BYTES } from "../limits.ts";
import { EventLog } from "../schema/event-log.ts";
import { EventStream } from "./event-stream.ts";

const EVENT_BYTES = 100_000;
const forkPoint = { height: 0, hash: "00".repeat(32) as BlockHash };

/** A reader that takes its first chunk and then nothing until it is told to go on. */
class StalledReader extends Writable {
  readonly lines: Record<string, unknown>[] = [];
  #resume: (() => void) | undefined;
  #stalled = true;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
    this.emit("line");
    if (this.#stalled) this.#resume = done;
    else done();
  }

  /** Resolves when a line with this member was read. */
  async readUntil(member: string, value: unknown): Promise<void> {
    const read = new Promise<void>((resolve) => {
      this.on("line", () => {
        if (this.lines.at(-1)?.[member] === value) resolve();
      });
    });
    this.#stalled = false;
    this.#resume?.();
    await read;
  }

  sequences(): unknown[] {
    return this.lines.map((line) => line["sequence"]).filter((sequence) => sequence !== undefined);
  }
}

/** Timers that a test fires by hand. */
class ManualTimers {
  readonly #pending = new Set<() => void>();

  after(_delayMs: number, callback: () => void): () => void {
    this.#pending.add(callback);
    return () => this.#pending.delete(callback);
  }

  fire(): void {
    for (const callback of this.#pending) callback();
  }
}

function append(log: EventLog, count: number): void {
  for (let i = 0; i < count; i++) {
    log.append({ type: "branch", status: "mined", branch: "x".repeat(EVENT_BYTES), forkPoint, blocks: 1 });
  }
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

describe("a slow reader of events", () => {
  test("is held back, not buffered for without bound, and loses nothing while the ring lasts", async () => {
    const log = new EventLog(() => 0, 100);
    const reader = new StalledReader();
    const stream = new EventStream(log, new ManualTimers(), reader, 1, 7);
    append(log, 50);
    assert.ok(
      reader.writableLength <= MAX_STREAM_BUFFER_BYTES + 2 * EVENT_BYTES,
      `${reader.writableLength} bytes held`,
    );
    await reader.readUntil("sequence", 50);
    assert.deepEqual(reader.sequences(), upTo(50));
    stream.end();
    assert.equal(reader.writableEnded, true);
  });

  test("is told where to resume and dropped once the ring has moved past it", async () => {
    const log = new EventLog(() => 0, 10);
    const reader = new StalledReader();
    const stream = new EventStream(log, new ManualTimers(), reader, 1, 7);
    append(log, 80);
    assert.ok(
      reader.writableLength <= MAX_STREAM_BUFFER_BYTES + 2 * EVENT_BYTES,
      `${reader.writableLength} bytes held`,
    );
    await reader.readUntil("type", "dropped");
    const resumeFrom = Number(reader.lines.at(-1)?.["resumeFrom"]);
    assert.ok(resumeFrom > 1 && resumeFrom < 71);
    assert.deepEqual(reader.sequences(), upTo(resumeFrom - 1));
    assert.equal(reader.writableEnded, true);
    stream.end();
    assert.equal(reader.lines.at(-1)?.["type"], "dropped");
  });

  test("is cut off when it does not even take the last line", () => {
    const log = new EventLog(() => 0);
    const reader = new StalledReader();
    const timers = new ManualTimers();
    const stream = new EventStream(log, timers, reader, 1, 7);
    append(log, 20);
    stream.end();
    assert.equal(reader.destroyed, false);
    timers.fire();
    assert.equal(reader.destroyed, true);
  });
});
