import { concatBytes, fromHex } from "@forkyard/core/bytes/bytes";
import type { Curve } from "@forkyard/core/ports/curve";
import { modGroupOrder, readScalar, writeScalar } from "./scalar.ts";

/** One question to an engine and the only right answer. */
export interface KnownAnswer {
  readonly name: string;
  readonly ask: (curve: Curve) => boolean;
  readonly valid: boolean;
}

const GROUP_ORDER: Uint8Array = fromHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
const ZERO: Uint8Array = new Uint8Array(32);
const ALL_ONES: Uint8Array = new Uint8Array(32).fill(0xff);
/** No point has this x. */
const NO_COORDINATE: Uint8Array = fromHex("0000000000000000000000000000000000000000000000000000000000000005");

const ECDSA_DIGEST = fromHex("acffb5c75a3e33ff104f49a4eb5605f0edfbd80431ae91bc591a311f1f6bb974");
const R = fromHex("17f53289eac961e5adc858d3ca50dab056ddca7a1a906c0815a0369312d1aa49");
const LOW_S = fromHex("516eae0417c8429c1a4b6dc3664b253c17276b5a273cb4a7a57f681b2c1db3d3");
const HIGH_S = fromHex("ae9151fbe837bd63e5b4923c99b4dac2a387718c880beb941a52f671a4188d6e");
const X = fromHex("df42306e8672b7812987479140df7e71f8af65e58fb17909d9787a3351a89377");
const Y = fromHex("159c8cad9ad22a85306901958c642356c5574e4c0f248796e964a30ad9716555");
const ECDSA = { signature: concatBytes(R, LOW_S), digest: ECDSA_DIGEST, publicKey: key(3, X) };

const SCHNORR_R = fromHex("d6b46cbb7af4410600cbe8abab2628396739f48152c6cdc64b38f1337074c928");
const SCHNORR_S = fromHex("fc8fd7328428c25dc8ae04a05787a5fb6d35db89b879cb9feeb39c9272f1f616");
const SCHNORR_KEY = fromHex("fed299d718ff2321ad3547a530d0051f11d8cb2ef294d2225b1948cb05e2072d");
const SCHNORR_MESSAGE = fromHex("e22fbe15c0af8ccc5780c0735f84dbe9a790badee8245c06c7ca37331cb36980");
/** These two give an R whose y is odd; with the third, R is the point at infinity. */
const ODD_R = fromHex("fff97bd5755eeea420453a14355235d382f6472f8568a18b2f057a1460297556");
const ODD_R_S = fromHex("70b8dc659c8572a4aa9faec749753a152458a414c6524ecbe145055f549d56b9");
const INFINITE_S = fromHex("b7a8dc04363c94ae587434425dee9a0d3e7dfc599ad1d4ef39707a0fd964b152");
const SCHNORR = { signature: concatBytes(SCHNORR_R, SCHNORR_S), message: SCHNORR_MESSAGE, publicKey: SCHNORR_KEY };

const TWEAK = {
  output: fromHex("09d5c58203238d2954e1c922fdb7dda259fcab3302d18cdd865614a7723caa64"),
  parity: 0,
  internal: SCHNORR_KEY,
  tweak: fromHex("ed3bace23c5e17652e174c835fb72bf53ee306b3406a26890221b4cef7500f88"),
};

/** Every way in which libraries over this curve are known to differ. */
export const KNOWN_ANSWERS: readonly KnownAnswer[] = [
  ecdsa("compressed key", {}, true),
  ecdsa("uncompressed key", { publicKey: key(4, X, Y) }, true),
  ecdsa("hybrid key of the right parity", { publicKey: key(7, X, Y) }, true),
  ecdsa("high S", { signature: concatBytes(R, HIGH_S) }, true),
  ecdsa("high S, hybrid key", { signature: concatBytes(R, HIGH_S), publicKey: key(7, X, Y) }, true),
  ecdsa("hybrid key of the wrong parity", { publicKey: key(6, X, Y) }, false),
  ecdsa("key of the other parity", { publicKey: key(2, X) }, false),
  ecdsa("other digest", { digest: ZERO }, false),
  ecdsa("r is zero", { signature: concatBytes(ZERO, LOW_S) }, false),
  ecdsa("s is zero", { signature: concatBytes(R, ZERO) }, false),
  ecdsa("r is the group order", { signature: concatBytes(GROUP_ORDER, LOW_S) }, false),
  ecdsa("s is the group order", { signature: concatBytes(R, GROUP_ORDER) }, false),
  ecdsa("s is beyond the group order", { signature: concatBytes(R, ALL_ONES) }, false),
  ecdsa("r and s swapped", { signature: concatBytes(LOW_S, R) }, false),
  ecdsa("key not on the curve", { publicKey: key(4, X, X) }, false),
  ecdsa("key beyond the field", { publicKey: key(2, ALL_ONES) }, false),
  ecdsa("key with an unknown first byte", { publicKey: key(5, X) }, false),
  ecdsa("compressed key with the first byte of an uncompressed one", { publicKey: key(4, X) }, false),
  ecdsa("key of x alone", { publicKey: X }, false),
  ecdsa("empty key", { publicKey: new Uint8Array(0) }, false),
  ecdsa("short signature", { signature: ECDSA.signature.subarray(1) }, false),
  ecdsa("long signature", { signature: concatBytes(ECDSA.signature, ZERO) }, false),
  ecdsa("short digest", { digest: ECDSA_DIGEST.subarray(1) }, false),
  schnorr("signature", {}, true),
  schnorr("other message", { message: ZERO }, false),
  schnorr("message of other length", { message: SCHNORR_MESSAGE.subarray(1) }, false),
  schnorr("other key", { publicKey: X }, false),
  schnorr("R with an odd y", { signature: concatBytes(ODD_R, ODD_R_S) }, false),
  schnorr("R at infinity", { signature: concatBytes(ZERO, INFINITE_S) }, false),
  schnorr("negated s", { signature: concatBytes(SCHNORR_R, negated(SCHNORR_S)) }, false),
  schnorr("s is the group order", { signature: concatBytes(SCHNORR_R, GROUP_ORDER) }, false),
  schnorr("s is beyond the group order", { signature: concatBytes(SCHNORR_R, ALL_ONES) }, false),
  schnorr("s is zero", { signature: concatBytes(SCHNORR_R, ZERO) }, false),
  schnorr("R beyond the field", { signature: concatBytes(ALL_ONES, SCHNORR_S) }, false),
  schnorr("R beyond the group order", { signature: concatBytes(GROUP_ORDER, SCHNORR_S) }, false),
  schnorr("key not on the curve", { publicKey: NO_COORDINATE }, false),
  schnorr("key beyond the field", { publicKey: ALL_ONES }, false),
  schnorr("key of 33 bytes", { publicKey: key(2, SCHNORR_KEY) }, false),
  schnorr("short signature", { signature: SCHNORR.signature.subarray(1) }, false),
  tweak("key", {}, true),
  tweak("tweak of zero", { output: SCHNORR_KEY, tweak: ZERO }, true),
  tweak("other parity", { parity: 1 }, false),
  tweak("no parity at all", { parity: 2 }, false),
  tweak("other tweak", { tweak: TWEAK.output }, false),
  tweak("other internal key", { internal: X }, false),
  tweak("tweak is the group order", { output: SCHNORR_KEY, tweak: GROUP_ORDER }, false),
  tweak("internal key not on the curve", { internal: NO_COORDINATE }, false),
  tweak("output key beyond the field", { output: ALL_ONES }, false),
  tweak("short tweak", { tweak: TWEAK.tweak.subarray(1) }, false),
];

function ecdsa(name: string, change: Partial<typeof ECDSA>, valid: boolean): KnownAnswer {
  const { signature, digest, publicKey } = { ...ECDSA, ...change };
  return { name, ask: (curve) => curve.verifyEcdsa(signature, digest, publicKey), valid };
}

function schnorr(name: string, change: Partial<typeof SCHNORR>, valid: boolean): KnownAnswer {
  const { signature, message, publicKey } = { ...SCHNORR, ...change };
  return { name: `Schnorr: ${name}`, ask: (curve) => curve.verifySchnorr(signature, message, publicKey), valid };
}

function tweak(name: string, change: Partial<typeof TWEAK>, valid: boolean): KnownAnswer {
  const asked = { ...TWEAK, ...change };
  return {
    name: `tweak: ${name}`,
    ask: (curve) => curve.isTweaked(asked.output, asked.parity, asked.internal, asked.tweak),
    valid,
  };
}

function key(prefix: number, ...coordinates: readonly Uint8Array[]): Uint8Array {
  return concatBytes(Uint8Array.of(prefix), ...coordinates);
}

/** The group order less a scalar. */
function negated(scalar: Uint8Array): Uint8Array {
  const result = new Uint8Array(32);
  writeScalar(result, 0, modGroupOrder(-readScalar(scalar)));
  return result;
}
