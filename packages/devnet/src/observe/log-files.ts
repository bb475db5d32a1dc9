import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { LOG_CHUNK_BYTES, LOG_FOLLOW_INTERVAL_MS } from "../limits.ts";
import { type LogLine, mergeLogLines, parseLogLine } from "./log-lines.ts";

/** The log of one node. */
export interface LogFile {
  readonly node: string;
  readonly file: string;
}

/** The last lines of each log, merged by time. */
export function readLogs(logs: readonly LogFile[], linesEach: number): readonly LogLine[] {
  return mergeLogLines(logs.map((log) => new LogReader(log, "tail").read().slice(-linesEach)));
}

/** Lines that are written from now on, until `signal` aborts. */
export async function* followLogs(logs: readonly LogFile[], signal: AbortSignal): AsyncGenerator<LogLine> {
  const readers = logs.map((log) => new LogReader(log, "end"));
  while (!signal.aborted) {
    yield* mergeLogLines(readers.map((reader) => reader.read()));
    await pause(LOG_FOLLOW_INTERVAL_MS, undefined, { signal }).catch(() => {
      // The abort ends the loop above.
    });
  }
}

/** Reads on from where it stopped; starts over when the file has become shorter. */
class LogReader {
  readonly #log: LogFile;
  #offset: number;
  #rest = "";
  #timeMs = 0;

  constructor(log: LogFile, start: "tail" | "end") {
    this.#log = log;
    const size = withFile(log.file, (handle) => fstatSync(handle).size) ?? 0;
    this.#offset = start === "end" ? size : Math.max(0, size - LOG_CHUNK_BYTES);
  }

  /** Whole lines that have come since the last call, at most a chunk of them. */
  read(): readonly LogLine[] {
    const text = withFile(this.#log.file, (handle) => this.#readChunk(handle)) ?? "";
    const lines = `${this.#rest}${text}`.split("\n");
    this.#rest = lines.pop() ?? "";
    return lines
      .filter((line) => line !== "")
      .map((line) => {
        const parsed = parseLogLine(this.#log.node, line, this.#timeMs);
        this.#timeMs = parsed.timeMs;
        return parsed;
      });
  }

  #readChunk(handle: number): string {
    const { size } = fstatSync(handle);
    if (size < this.#offset) this.#offset = 0;
    const bytes = Buffer.alloc(Math.min(LOG_CHUNK_BYTES, size - this.#offset));
    const read = readSync(handle, bytes, 0, bytes.length, this.#offset);
    this.#offset += read;
    return bytes.toString("utf8", 0, read);
  }
}

function withFile<T>(file: string, use: (handle: number) => T): T | undefined {
  if (!existsSync(file)) return undefined;
  const handle = openSync(file, "r");
  try {
    return use(handle);
  } finally {
    closeSync(handle);
  }
}
