import { equalBytes, fromHex } from "../bytes/bytes.ts";
import type { Sha256Engine } from "../ports/sha256.ts";
import { nobleSha256 } from "./noble.ts";

/** FIPS 180-4 examples: the empty message, and "abc". */
const KNOWN_ANSWERS: readonly (readonly [message: Uint8Array, digest: Uint8Array])[] = [
  [new Uint8Array(0), fromHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")],
  [Uint8Array.of(0x61, 0x62, 0x63), fromHex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")],
];
/** Every length up to two blocks, so all ways to pad, and some around the sizes at which engines change their ways. */
const ALL_LENGTHS_UP_TO = 130;
const LONGER_LENGTHS: readonly number[] = [191, 640, 641, 1_025, 4_096, 9_999];
const MATERIAL_BYTES = 10_100;

/** What the engine does wrong on messages of many lengths, whole, twice and in pieces; undefined when it is sound. */
export function firstWrongDigest(engine: Sha256Engine): string | undefined {
  for (const [message, digest] of KNOWN_ANSWERS) {
    if (!equalBytes(engine.digest(message), digest))
      return `wrong digest of a known message of ${message.length} bytes`;
  }
  const material = pseudoRandomBytes(MATERIAL_BYTES);
  const lengths = [...Array.from({ length: ALL_LENGTHS_UP_TO }, (_, length) => length), ...LONGER_LENGTHS];
  for (const length of lengths) {
    const start = length % 61;
    const wrong = wrongOn(engine, material.subarray(start, start + length));
    if (wrong !== undefined) return `${wrong} of ${length} bytes`;
  }
  return undefined;
}

function wrongOn(engine: Sha256Engine, message: Uint8Array): string | undefined {
  const digest = nobleSha256.digest(message);
  if (!equalBytes(engine.digest(message), digest)) return "wrong digest";
  if (!equalBytes(engine.digestTwice(message), nobleSha256.digest(digest))) return "wrong double digest";
  const cut = Math.floor(message.length / 3);
  const prefix = engine.stream().update(message.subarray(0, cut));
  const clone = prefix.clone().update(message.subarray(cut));
  prefix.update(Uint8Array.of(1));
  return equalBytes(clone.digest(), digest) ? undefined : "wrong digest of a cloned stream";
}

/** The same bytes each time, without a pattern that SHA-256's block size divides. */
function pseudoRandomBytes(count: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}
