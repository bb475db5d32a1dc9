import { concatBytes } from "@forkyard/core/bytes/bytes";
import type { SeededRandom } from "./seeded-random.ts";

const MAX_CHANGES = 4;
const MAX_RANDOM_BYTES = 300;
const MAX_REPEATED_BYTES = 64;

/** Bytes that codecs treat apart: ends of ranges, compactSize prefixes, continuation bits, huge promises. */
const TELLING: readonly Uint8Array[] = [
  Uint8Array.of(0),
  Uint8Array.of(1),
  Uint8Array.of(0x7f),
  Uint8Array.of(0x80),
  Uint8Array.of(0xff),
  Uint8Array.of(0xfc),
  Uint8Array.of(0xfd, 0, 0),
  Uint8Array.of(0xfd, 0xff, 0xff),
  Uint8Array.of(0xfe, 0, 0, 0, 2),
  Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0x80, 0x00),
  Uint8Array.of(0xff, 0xff, 0xff, 0x7f),
  Uint8Array.of(0, 0, 0, 0x80),
];

type Change = (bytes: Uint8Array, random: SeededRandom) => Uint8Array;

const CHANGES: readonly Change[] = [
  (bytes, random) => changeByte(bytes, random, (byte) => byte ^ (1 << random.below(8))),
  (bytes, random) => changeByte(bytes, random, () => random.below(0x100)),
  (bytes, random) => changeByte(bytes, random, (byte) => byte + (random.oneIn(2) ? 1 : -1)),
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  (bytes, random) => concatBytes(bytes, random.bytes(1 + random.below(4))),
  (bytes, random) => insert(bytes, random, random.bytes(1 + random.below(8))),
  (bytes, random) => insert(bytes, random, random.pick(TELLING)),
  (bytes, random) => overwrite(bytes, random, random.pick(TELLING)),
  (bytes, random) => insert(bytes, random, piece(bytes, random)),
  (bytes, random) => overwrite(bytes, random, piece(bytes, random)),
  (bytes, random) => remove(bytes, random),
];

/** A copy of `bytes` changed in one to four places. */
export function mutate(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  let changed = bytes;
  for (let left = 1 + random.below(MAX_CHANGES); left > 0; left--) changed = random.pick(CHANGES)(changed, random);
  return changed.slice();
}

/** Something to decode: mostly a changed valid input, at times two of them joined, at times noise. */
export function fuzzInput(valid: readonly Uint8Array[], random: SeededRandom): Uint8Array {
  if (valid.length === 0 || random.oneIn(6)) return random.bytes(random.below(MAX_RANDOM_BYTES));
  const bytes = random.pick(valid);
  if (!random.oneIn(10)) return mutate(bytes, random);
  const other = random.pick(valid);
  return concatBytes(bytes.subarray(0, random.below(bytes.length)), other.subarray(random.below(other.length)));
}

function changeByte(bytes: Uint8Array, random: SeededRandom, change: (byte: number) => number): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = random.below(bytes.length);
  return bytes.with(at, change(bytes[at] as number) & 0xff);
}

function insert(bytes: Uint8Array, random: SeededRandom, what: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  return concatBytes(bytes.subarray(0, at), what, bytes.subarray(at));
}

function overwrite(bytes: Uint8Array, random: SeededRandom, what: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  return concatBytes(bytes.subarray(0, at), what, bytes.subarray(at + what.length));
}

function remove(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const at = random.below(bytes.length);
  return concatBytes(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(8)));
}

function piece(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const at = random.below(bytes.length);
  return bytes.subarray(at, at + 1 + random.below(MAX_REPEATED_BYTES));
}
