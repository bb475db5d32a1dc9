import { DecodeError } from "@forkyard/core/errors";

/** Frames on a stream: an unsigned LEB128 length (as libp2p's length prefixes), then that many bytes. */

/** Bytes of the longest prefix accepted: 28 bits, 256 MiB. */
const MAX_PREFIX_BYTES = 4;

/** The length prefix of a frame. */
export function framePrefix(length: number): Uint8Array {
  const bytes: number[] = [];
  let rest = length;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

export interface FrameLimits {
  readonly maxFrameBytes: number;
  readonly maxFrames: number;
  readonly maxTotalBytes: number;
}

/**
 * Cuts a stream of bytes into frames. A prefix that promises too much is refused before anything is allocated for it,
 * and memory grows only with what arrived.
 */
export class FrameReader {
  readonly #limits: FrameLimits;
  readonly #frames: Uint8Array[] = [];
  #body: Uint8Array = new Uint8Array(0);
  #filled = 0;
  #total = 0;
  #length = 0;
  #prefixBytes = 0;
  #inBody = false;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** Frames complete so far. */
  get frames(): readonly Uint8Array[] {
    return this.#frames;
  }

  /** True when no frame is half read. */
  get atBoundary(): boolean {
    return !this.#inBody && this.#prefixBytes === 0;
  }

  /** Takes the next bytes of the stream. @throws DecodeError when a limit is broken. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) at = this.#inBody ? this.#readBody(bytes, at) : this.#readPrefix(bytes, at);
  }

  #readPrefix(bytes: Uint8Array, at: number): number {
    const byte = bytes[at] as number;
    this.#length += (byte & 0x7f) * 2 ** (7 * this.#prefixBytes);
    this.#prefixBytes++;
    if (byte > 0x7f) {
      if (this.#prefixBytes === MAX_PREFIX_BYTES) throw new DecodeError("frame length too long", at);
      return at + 1;
    }
    if (byte === 0 && this.#prefixBytes > 1) throw new DecodeError("frame length not in its shortest form", at);
    this.#begin(at);
    return at + 1;
  }

  /** The prefix is read: check what it promises. */
  #begin(at: number): void {
    const { maxFrameBytes, maxFrames, maxTotalBytes } = this.#limits;
    this.#total += this.#length;
    if (this.#length > maxFrameBytes) throw new DecodeError(`frame of ${this.#length} bytes`, at);
    if (this.#frames.length === maxFrames) throw new DecodeError(`more than ${maxFrames} frames`, at);
    if (this.#total > maxTotalBytes) throw new DecodeError(`more than ${maxTotalBytes} bytes`, at);
    this.#inBody = true;
    if (this.#length === 0) this.#finish();
  }

  #readBody(bytes: Uint8Array, at: number): number {
    const end = Math.min(bytes.length, at + this.#length - this.#filled);
    const chunk = bytes.subarray(at, end);
    this.#reserve(this.#filled + chunk.length);
    this.#body.set(chunk, this.#filled);
    this.#filled += chunk.length;
    if (this.#filled === this.#length) this.#finish();
    return end;
  }

  /** Doubles the buffer as bytes come in, up to the length promised: neither a promise nor tiny chunks cost memory. */
  #reserve(bytes: number): void {
    if (bytes <= this.#body.length) return;
    const larger = new Uint8Array(Math.min(this.#length, Math.max(bytes, this.#body.length * 2)));
    larger.set(this.#body.subarray(0, this.#filled));
    this.#body = larger;
  }

  #finish(): void {
    this.#frames.push(this.#body);
    this.#body = new Uint8Array(0);
    this.#filled = 0;
    this.#length = 0;
    this.#prefixBytes = 0;
    this.#inBody = false;
  }
}
