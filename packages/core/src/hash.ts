import { ripemd160 } from "@noble/hashes/legacy.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { fromReversedHex, toReversedHex } from "./bytes/bytes.ts";

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

export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes);
}

/** SHA-256 twice, Bitcoin's hash for headers, transactions and merkle nodes. */
export function hash256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(nobleSha256(bytes));
}

/** RIPEMD-160 of SHA-256, the hash in P2PKH and P2WPKH. */
export function hash160(bytes: Uint8Array): Uint8Array {
  return ripemd160(nobleSha256(bytes));
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
