import type { Writable } from "node:stream";
import type { Timers } from "@forkyard/core/ports/clock";
import { MAX_STREAM_BUFFER_BYTES, STREAM_END_TIMEOUT_MS } from "../limits.ts";
import type { EventSource } from "../schema/event-log.ts";
import type { NodeEvent, StreamLine } from "../schema/events.ts";

/**
 * Sends a node's events to one reader as lines of JSON. It never holds more than a bounded buffer for the reader: while that
 * is full, events wait in the node's ring, and a reader so slow that the ring moves past it is told and dropped.
 */
export class EventStream {
  readonly #source: EventSource;
  readonly #timers: Timers;
  readonly #output: Writable;
  readonly #unsubscribe: () => void;
  #next: number;
  #open = true;

  /**
   * @param from sequence number of the first event wanted; events no longer kept are told of as a gap
   * @param startedAtMs lets a reader notice that the node was started anew and counts from 1 again
   */
  constructor(source: EventSource, timers: Timers, output: Writable, from: number, startedAtMs: number) {
    this.#source = source;
    this.#timers = timers;
    this.#output = output;
    this.#next = from;
    this.#send({ type: "start", startedAtMs, latest: source.latest() });
    const { missed } = source.since(from);
    if (missed > 0) this.#skip(missed);
    this.#unsubscribe = source.subscribe(() => this.#pump());
    output.on("drain", () => this.#pump());
    output.on("close", () => this.#close());
    output.on("error", () => this.#close());
    this.#pump();
  }

  /** Tells the reader that there will be no more. */
  end(): void {
    if (!this.#open) return;
    this.#finish({ type: "end" });
  }

  #skip(missed: number): void {
    this.#next += missed;
    this.#send({ type: "gap", missed, resumedAt: this.#next });
  }

  #pump(): void {
    if (!this.#open || this.#output.writableLength >= MAX_STREAM_BUFFER_BYTES) return;
    const { events, missed } = this.#source.since(this.#next);
    if (missed > 0) this.#finish({ type: "dropped", reason: "the reader was too slow", resumeFrom: this.#next });
    else this.#sendWhileRoom(events);
  }

  #sendWhileRoom(events: readonly NodeEvent[]): void {
    for (const event of events) {
      if (this.#output.writableLength >= MAX_STREAM_BUFFER_BYTES) return;
      this.#send(event);
      this.#next = event.sequence + 1;
    }
  }

  /** A last line, and some time for the reader to take what is buffered. */
  #finish(lastLine: StreamLine): void {
    this.#send(lastLine);
    this.#close();
    const cancel = this.#timers.after(STREAM_END_TIMEOUT_MS, () => this.#output.destroy());
    this.#output.once("close", cancel);
    this.#output.end();
  }

  #send(line: StreamLine): void {
    this.#output.write(`${JSON.stringify(line)}\n`);
  }

  #close(): void {
    this.#open = false;
    this.#unsubscribe();
  }
}
