import { concatBytes } from "@forkyard/core/bytes/bytes";
import { InputError } from "@forkyard/core/errors";
import { sha256 } from "@forkyard/core/hash";
import type { AddressPrefixes } from "@forkyard/core/params/network-params";
import { createBase58check } from "@scure/base";
import { isPrivateKey, PRIVATE_KEY_BYTES } from "./secp256k1.ts";

const base58check = createBase58check(sha256);
const COMPRESSED_MARK = 1;
/** Longest WIF text: 38 bytes in base58. */
const MAX_WIF_CHARACTERS = 52;

/** A private key as wallets exchange it. */
export interface WifKey {
  readonly privateKey: Uint8Array;
  /** Whether its public key is used in the 33-byte form. */
  readonly compressed: boolean;
}

/** Wallet import format: base58 with checksum of network prefix, key, and a mark for compressed public keys. */
export function encodeWif(key: WifKey, prefixes: AddressPrefixes): string {
  const mark = key.compressed ? Uint8Array.of(COMPRESSED_MARK) : new Uint8Array(0);
  return base58check.encode(concatBytes(Uint8Array.of(prefixes.privateKey), key.privateKey, mark));
}

/** Reads a private key. @throws InputError, which never repeats the text: a slip of one letter leaves it a secret. */
export function decodeWif(text: string, prefixes: AddressPrefixes): WifKey {
  const payload = decodeBase58(text);
  const privateKey = payload?.slice(1, 1 + PRIVATE_KEY_BYTES);
  const marks = payload?.subarray(1 + PRIVATE_KEY_BYTES) ?? new Uint8Array(0);
  const markFits = marks.length === 0 || (marks.length === 1 && marks[0] === COMPRESSED_MARK);
  if (privateKey === undefined || payload?.[0] !== prefixes.privateKey || !markFits || !isPrivateKey(privateKey)) {
    throw new InputError("this is not a private key of this network in wallet import format (WIF)");
  }
  return { privateKey, compressed: marks.length === 1 };
}

function decodeBase58(text: string): Uint8Array | undefined {
  if (text.length > MAX_WIF_CHARACTERS) return undefined;
  try {
    return base58check.decode(text);
  } catch {
    return undefined;
  }
}
