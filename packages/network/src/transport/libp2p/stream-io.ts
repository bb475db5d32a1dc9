import { concatBytes } from "@forkyard/core/bytes/bytes";
import type { Timers } from "@forkyard/core/ports/clock";
import type { Stream, StreamCloseEvent, StreamMessageEvent } from "@libp2p/interface";
import { FIRST_BYTE_TIMEOUT_MS, STREAM_CHUNK_BYTES, WHOLE_STREAM_TIMEOUT_MS } from "../../limits.ts";
import { type FrameLimits, FrameReader, framePrefix } from "../../wire/frame.ts";

/** Sends the frames and closes our end. Goes no faster than the peer reads. Rejects when the signal aborts. */
export async function writeFrames(stream: Stream, frames: Iterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  for (const frame of frames) {
    for (const chunk of chunksOf(frame)) {
      stream.send(chunk);
      while (stream.writableNeedsDrain) await drained(stream, signal);
    }
  }
  await stream.close({ signal });
}

function* chunksOf(frame: Uint8Array): Iterable<Uint8Array> {
  const prefix = framePrefix(frame.length);
  yield concatBytes(prefix, frame.subarray(0, STREAM_CHUNK_BYTES));
  for (let at = STREAM_CHUNK_BYTES; at < frame.length; at += STREAM_CHUNK_BYTES) {
    yield frame.subarray(at, at + STREAM_CHUNK_BYTES);
  }
}

/**
 * Resolves at the next drain. The stream's own `onDrain` returns the same promise again once it has resolved, so that
 * every wait after the first would be none.
 */
function drained(stream: Stream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      stream.removeEventListener("drain", onDrain);
      stream.removeEventListener("close", onClose);
      signal.removeEventListener("abort", onAbort);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onDrain = (): void => settle();
    const onClose = (event: StreamCloseEvent): void => settle(event.error ?? new Error("stream closed"));
    const onAbort = (): void => settle(abortReason(signal));
    stream.addEventListener("drain", onDrain);
    stream.addEventListener("close", onClose);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
  });
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("aborted");
}

export interface ReadingTime {
  readonly timers: Timers;
  /** How much longer than usual the peer may take. */
  readonly patienceMs: number;
}

/**
 * Reads frames until the peer closes its end, or until `enough` of them are complete. Rejects with a DecodeError when a
 * limit is broken, with another error when the stream breaks or a time limit passes.
 */
export function readFrames(
  stream: Stream,
  limits: FrameLimits,
  { timers, patienceMs }: ReadingTime,
  enough: number = Number.POSITIVE_INFINITY,
): Promise<readonly Uint8Array[]> {
  const reader = new FrameReader(limits);
  return new Promise((resolve, reject) => {
    const cancelFirst = timers.after(FIRST_BYTE_TIMEOUT_MS + patienceMs, () =>
      settle(new Error("no first byte in time")),
    );
    const cancelWhole = timers.after(WHOLE_STREAM_TIMEOUT_MS + patienceMs, () =>
      settle(new Error("not complete in time")),
    );
    const settle = (error?: Error): void => {
      cancelFirst();
      cancelWhole();
      stream.removeEventListener("message", onMessage);
      stream.removeEventListener("remoteCloseWrite", onFinished);
      stream.removeEventListener("end", onEnd);
      stream.removeEventListener("close", onClose);
      if (error === undefined) resolve(reader.frames);
      else reject(error);
    };
    const onMessage = (event: StreamMessageEvent): void => {
      cancelFirst();
      try {
        reader.push(event.data.subarray());
        if (reader.frames.length >= enough) settle();
      } catch (error) {
        settle(error as Error);
      }
    };
    // "end" and "close" also come when the stream is reset or the connection dies: only the peer's word ends it well.
    let finished = stream.remoteWriteStatus === "closed" && stream.status === "open";
    const onFinished = (): void => {
      finished = true;
    };
    const onEnd = (): void => {
      const broken = !finished || !reader.atBoundary || stream.status === "reset" || stream.status === "aborted";
      settle(broken ? new Error(`stream ended early: ${stream.status}`) : undefined);
    };
    const onClose = (event: StreamCloseEvent): void => (event.error === undefined ? onEnd() : settle(event.error));
    stream.addEventListener("message", onMessage);
    stream.addEventListener("remoteCloseWrite", onFinished);
    stream.addEventListener("end", onEnd);
    stream.addEventListener("close", onClose);
    if (stream.readableEnded || stream.status !== "open") onEnd();
  });
}
