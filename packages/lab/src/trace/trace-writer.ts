import { createHash, type Hash } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";
import type { TraceEntry } from "./trace-entry.ts";

/** Takes each line of a trace, without its end. */
export type LineSink = (line: string) => void;

/** The trace of one run: its hash is over all lines from `run` on, so two runs with one hash went the same way. */
export class TraceWriter {
  readonly #hash: Hash = createHash("sha256");
  readonly #sink: LineSink | undefined;
  #commands = 0;

  constructor(sink?: LineSink) {
    this.#sink = sink;
  }

  write(entry: TraceEntry): void {
    const line = canonicalJson(entry);
    this.#hash.update(line).update("\n");
    this.#sink?.(line);
  }

  /** @returns the number of the next command */
  countCommand(): number {
    this.#commands += 1;
    return this.#commands - 1;
  }

  /** Writes the last line. @returns the hash, hex */
  end(atMs: number): string {
    const traceHash = this.#hash.digest("hex");
    this.#sink?.(canonicalJson({ end: { atMs, traceHash } }));
    return traceHash;
  }
}
