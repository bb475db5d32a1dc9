import { ripemd160 } from "@noble/hashes/legacy.js";
import { fromReversedHex, toReversedHex } from "./bytes/bytes.ts";
import type { Sha256Engine, Sha256Stream } from "./ports/sha256.ts";
import { nobleSha256 } from "./sha256/noble.ts";
import { firstWrongDigest } from "./sha256/self-test.ts";

/**
 * Identifiers are strings in display order (64 lower-case hex digits, byte-reversed), so that they are map keys, JSON
 * and log text at once; bytes in hashing order appear only inside codecs and hash preimages.
 */
declare const kind: unique symbol;
/** Hash of a block header in display order. */
export type BlockHash = string & { readonly [kind]: "BlockHash" };
/** Hash of a transaction without its witnesses, in display order. */
export type Txid = string & { readonly [kind]: "Txid" };
/** Hash of a transaction with its witnesses, in display order. */
export type Wtxid = string & { readonly [kind]: "Wtxid" };
/** Merkle root over txids, in display order. */
export type MerkleRoot = string & { readonly [kind]: "MerkleRoot" };

/** The all-zero hash: parent of a genesis block, prevout of a coinbase. */
export const ZERO_HASH: string = "0".repeat(64);

/**
 * What computes SHA-256 on this thread. The one variable of this package: all engines give the same bytes, so it changes
 * how long something takes and nothing else, and handing it through every codec would say no more.
 */
let engine: Sha256Engine = nobleSha256;

/**
 * Lets this thread hash with another engine from now on, if it proves sound.
 * @returns what it did wrong in the self-test, and then it is not used; undefined when it is in use
 */
export function tryUseSha256(candidate: Sha256Engine): string | undefined {
  const wrong = firstWrongDigest(candidate);
  if (wrong === undefined) engine = candidate;
  return wrong;
}

/** Name of the engine in use on this thread. */
export function sha256EngineName(): string {
  return engine.name;
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return engine.digest(bytes);
}

/** SHA-256 twice, Bitcoin's hash for headers, transactions and merkle nodes. */
export function hash256(bytes: Uint8Array): Uint8Array {
  return engine.digestTwice(bytes);
}

/** SHA-256 over bytes that come in pieces; worth its overhead from some kilobytes on. */
export function sha256Stream(): Sha256Stream {
  return engine.stream();
}

/** RIPEMD-160 of SHA-256, the hash in P2PKH and P2WPKH. */
export function hash160(bytes: Uint8Array): Uint8Array {
  return ripemd160(engine.digest(bytes));
}

/** Display form of 32 hash bytes. */
export function hashToString<T extends string>(bytes: Uint8Array): T {
  return toReversedHex(bytes) as T;
}

/** The 32 bytes, in hashing order, of a hash in display form. */
export function hashToBytes(hash: string): Uint8Array {
  return fromReversedHex(hash);
}

/** True for 64 lower-case hexadecimal digits: check untrusted text with it before casting to a hash type. */
export function isHashString(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
