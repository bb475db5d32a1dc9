import { concatBytes } from "@forkyard/core/bytes/bytes";
import { payToWitness } from "@forkyard/core/script/templates";
import { sha256 } from "@noble/hashes/sha2.js";
import { hashes, Point, schnorr } from "@noble/secp256k1";
import { modGroupOrder, readScalar, writeScalar } from "../curve/scalar.ts";
import { leafHash, rootOf, taprootTweak } from "../rules/script/taproot-commitment.ts";

hashes.sha256 = (message) => sha256(message);

export const TAPSCRIPT_LEAF = 0xc0;

/** A taproot output whose keys are known, and how one of its scripts is shown. */
export interface TaprootOutput {
  readonly scriptPubKey: Uint8Array;
  readonly control: Uint8Array;
  /** Of the output key: signs for the key path. */
  readonly outputSecret: Uint8Array;
}

/**
 * An output under the internal key of `secret` with a tree that holds `script`.
 * @param path hashes of the leaf's siblings, from the leaf up
 */
export function taprootOutput(
  secret: bigint,
  script: Uint8Array,
  options: { readonly leafVersion?: number; readonly path?: readonly Uint8Array[] } = {},
): TaprootOutput {
  const { leafVersion = TAPSCRIPT_LEAF, path = [] } = options;
  const internalKey = Point.BASE.multiply(secret).toBytes(true);
  const tweak = readScalar(taprootTweak(internalKey.subarray(1), rootOf(leafHash(leafVersion, script), path)));
  const evenSecret = internalKey[0] === 2 ? secret : modGroupOrder(-secret);
  const outputScalar = modGroupOrder(evenSecret + tweak);
  const [prefix, ...x] = Point.BASE.multiply(outputScalar).toBytes(true);
  const first = leafVersion | (prefix === 3 ? 1 : 0);
  return {
    scriptPubKey: payToWitness(1, Uint8Array.from(x)),
    control: concatBytes(Uint8Array.of(first), internalKey.subarray(1), ...path),
    outputSecret: secretBytes(outputScalar),
  };
}

/** A Schnorr key pair of a small number. */
export function schnorrKey(secret: bigint): { readonly secret: Uint8Array; readonly publicKey: Uint8Array } {
  const bytes = secretBytes(secret);
  return { secret: bytes, publicKey: schnorr.getPublicKey(bytes) };
}

/** BIP340 signature, 64 bytes. */
export function schnorrSign(digest: Uint8Array, secret: Uint8Array): Uint8Array {
  return schnorr.sign(digest, secret, new Uint8Array(32));
}

function secretBytes(scalar: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  writeScalar(bytes, 0, scalar);
  return bytes;
}
