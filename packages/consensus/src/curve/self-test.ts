import { concatBytes, fromHex } from "@forkyard/core/bytes/bytes";
import type { Curve } from "@forkyard/core/ports/curve";

/** One question to an engine and the only right answer. */
export interface KnownAnswer {
  readonly name: string;
  readonly signature: Uint8Array;
  readonly digest: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly valid: boolean;
}

const DIGEST: Uint8Array = fromHex("acffb5c75a3e33ff104f49a4eb5605f0edfbd80431ae91bc591a311f1f6bb974");
const R: Uint8Array = fromHex("17f53289eac961e5adc858d3ca50dab056ddca7a1a906c0815a0369312d1aa49");
const LOW_S: Uint8Array = fromHex("516eae0417c8429c1a4b6dc3664b253c17276b5a273cb4a7a57f681b2c1db3d3");
const HIGH_S: Uint8Array = fromHex("ae9151fbe837bd63e5b4923c99b4dac2a387718c880beb941a52f671a4188d6e");
const X: Uint8Array = fromHex("df42306e8672b7812987479140df7e71f8af65e58fb17909d9787a3351a89377");
const Y: Uint8Array = fromHex("159c8cad9ad22a85306901958c642356c5574e4c0f248796e964a30ad9716555");
const GROUP_ORDER: Uint8Array = fromHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
const ZERO: Uint8Array = new Uint8Array(32);
const ALL_ONES: Uint8Array = new Uint8Array(32).fill(0xff);

const SIGNATURE: Uint8Array = concatBytes(R, LOW_S);
const COMPRESSED: Uint8Array = key(3, X);

/** Every way in which libraries over this curve are known to differ. */
export const KNOWN_ANSWERS: readonly KnownAnswer[] = [
  ask("compressed key", {}, true),
  ask("uncompressed key", { publicKey: key(4, X, Y) }, true),
  ask("hybrid key of the right parity", { publicKey: key(7, X, Y) }, true),
  ask("high S", { signature: concatBytes(R, HIGH_S) }, true),
  ask("high S, hybrid key", { signature: concatBytes(R, HIGH_S), publicKey: key(7, X, Y) }, true),
  ask("hybrid key of the wrong parity", { publicKey: key(6, X, Y) }, false),
  ask("key of the other parity", { publicKey: key(2, X) }, false),
  ask("other digest", { digest: ZERO }, false),
  ask("r is zero", { signature: concatBytes(ZERO, LOW_S) }, false),
  ask("s is zero", { signature: concatBytes(R, ZERO) }, false),
  ask("r is the group order", { signature: concatBytes(GROUP_ORDER, LOW_S) }, false),
  ask("s is the group order", { signature: concatBytes(R, GROUP_ORDER) }, false),
  ask("s is beyond the group order", { signature: concatBytes(R, ALL_ONES) }, false),
  ask("r and s swapped", { signature: concatBytes(LOW_S, R) }, false),
  ask("key not on the curve", { publicKey: key(4, X, X) }, false),
  ask("key beyond the field", { publicKey: key(2, ALL_ONES) }, false),
  ask("key with an unknown first byte", { publicKey: key(5, X) }, false),
  ask("compressed key with the first byte of an uncompressed one", { publicKey: key(4, X) }, false),
  ask("key of x alone", { publicKey: X }, false),
  ask("empty key", { publicKey: new Uint8Array(0) }, false),
  ask("short signature", { signature: SIGNATURE.subarray(1) }, false),
  ask("long signature", { signature: concatBytes(SIGNATURE, ZERO) }, false),
  ask("short digest", { digest: DIGEST.subarray(1) }, false),
];

/** The first question that the engine answers wrongly or throws at; undefined when it knows them all. */
export function firstWrongAnswer(curve: Curve): string | undefined {
  for (const { name, signature, digest, publicKey, valid } of KNOWN_ANSWERS) {
    try {
      const answer = curve.verifyEcdsa(signature, digest, publicKey);
      if (answer !== valid) return `${name}: answered ${answer}`;
    } catch (error) {
      return `${name}: threw ${String(error)}`;
    }
  }
  return undefined;
}

function ask(name: string, change: Partial<KnownAnswer>, valid: boolean): KnownAnswer {
  return { name, signature: SIGNATURE, digest: DIGEST, publicKey: COMPRESSED, ...change, valid };
}

function key(prefix: number, ...coordinates: readonly Uint8Array[]): Uint8Array {
  return concatBytes(Uint8Array.of(prefix), ...coordinates);
}
