import type { IncomingMessage } from "node:http";
import { InputError } from "@forkyard/core/errors";
import type { Timers } from "@forkyard/core/ports/clock";
import { CLIENT_RETRY_MAX_MS, CLIENT_RETRY_MIN_MS } from "../limits.ts";
import type { StreamLine } from "../schema/events.ts";
import { readLines } from "./http-exchange.ts";

/** Where a reader of the stream is. */
interface Position {
  /** The next event wanted; undefined for only new ones. */
  next: number | undefined;
  /** Which run of the node the numbers belong to. */
  startedAtMs: number | undefined;
}

/**
 * Yields the lines of the stream, opening it again after every break until `signal` is aborted. After a restart of the
 * node, which counts from 1 again, it goes on with the first event of the new run.
 * @throws what the first `open` throws
 */
export async function* followEvents(
  open: (from: number | undefined) => Promise<IncomingMessage>,
  timers: Timers,
  { from, signal }: { readonly from?: number; readonly signal: AbortSignal },
): AsyncGenerator<StreamLine, void, undefined> {
  const position: Position = { next: from, startedAtMs: undefined };
  let pauseMs = CLIENT_RETRY_MIN_MS;
  let response = await open(position.next);
  while (!signal.aborted) {
    for await (const line of linesOf(response)) {
      pauseMs = CLIENT_RETRY_MIN_MS;
      if (isOtherRun(position, line)) break;
      yield line;
      if ("sequence" in line) position.next = line.sequence + 1;
    }
    response.destroy();
    const again = await reopen(open, position, timers, pauseMs, signal);
    if (again === undefined) return;
    response = again;
    pauseMs = Math.min(pauseMs * 2, CLIENT_RETRY_MAX_MS);
  }
}

/** Lines until the connection breaks, which is no error here. */
async function* linesOf(response: IncomingMessage): AsyncGenerator<StreamLine, void, undefined> {
  try {
    for await (const line of readLines(response)) yield JSON.parse(line) as StreamLine;
  } catch (error) {
    if (!isBreak(error)) throw error;
  }
}

/** Notes which run the numbers belong to; true when it is another than before, and the old position means nothing. */
function isOtherRun(position: Position, line: StreamLine): boolean {
  if (line.type !== "start") return false;
  const isOther = position.startedAtMs !== undefined && position.startedAtMs !== line.startedAtMs;
  if (isOther) position.next = 1;
  else position.next ??= line.latest + 1;
  position.startedAtMs = line.startedAtMs;
  return isOther;
}

/** Tries until the node answers; undefined when the caller has had enough. */
async function reopen(
  open: (from: number | undefined) => Promise<IncomingMessage>,
  position: Position,
  timers: Timers,
  firstPauseMs: number,
  signal: AbortSignal,
): Promise<IncomingMessage | undefined> {
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    await pause(timers, pauseMs, signal);
    try {
      return await open(position.next);
    } catch (error) {
      // A node that is down or starting is what is being waited for.
      if (!(error instanceof InputError) && !isBreak(error)) throw error;
      pauseMs = Math.min(pauseMs * 2, CLIENT_RETRY_MAX_MS);
    }
  }
  return undefined;
}

async function pause(timers: Timers, delayMs: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = timers.after(delayMs, finish);
    signal.addEventListener("abort", finish, { once: true });
    function finish(): void {
      cancel();
      signal.removeEventListener("abort", finish);
      resolve();
    }
  });
}

const BREAK_CODES: ReadonlySet<unknown> = new Set([
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ABORT_ERR",
]);

function isBreak(error: unknown): boolean {
  return BREAK_CODES.has((error as { code?: unknown }).code);
}
