import { equalBytes } from "@forkyard/core/bytes/bytes";
import { ByteReader } from "@forkyard/core/bytes/reader";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { DecodeError } from "@forkyard/core/errors";
import {
  MAX_SCRYPT_BLOCK_SIZE,
  MAX_SCRYPT_LOG2_N,
  MAX_SCRYPT_MEMORY_BYTES,
  MAX_SCRYPT_PARALLELISM,
  MIN_SCRYPT_LOG2_N,
} from "../limits.ts";

/** scrypt's parameters (RFC 7914). */
export interface ScryptCost {
  readonly log2N: number;
  /** r */
  readonly blockSize: number;
  /** p */
  readonly parallelism: number;
}

/** The clear part of a key file; all of it is authenticated with the encrypted part. */
export interface KeyFileHeader {
  readonly cost: ScryptCost;
  /** 32 bytes, drawn once for a file. */
  readonly salt: Uint8Array;
  /** 12 bytes, drawn for every write. */
  readonly nonce: Uint8Array;
  /** Bytes of the encrypted part, its tag included. */
  readonly sealedBytes: number;
}

export const SALT_BYTES = 32;
export const NONCE_BYTES = 12;
const MAGIC: Uint8Array = Uint8Array.from("forkykey", (letter) => letter.charCodeAt(0));
const FORMAT_VERSION = 1;
const KDF_SCRYPT = 1;
const CIPHER_AES_256_GCM = 1;

/** Bytes of memory that scrypt takes. */
export function scryptMemoryBytes(cost: ScryptCost): number {
  return 128 * cost.blockSize * (2 ** cost.log2N + cost.parallelism + 2);
}

/** Magic, version, key derivation and its cost, salt, cipher, nonce, length of what follows. */
export function encodeKeyFileHeader(header: KeyFileHeader): Uint8Array {
  const { cost } = header;
  const writer = new ByteWriter();
  writer.bytes(MAGIC).u16(FORMAT_VERSION);
  writer.u8(KDF_SCRYPT).u8(cost.log2N).u32(cost.blockSize).u32(cost.parallelism).bytes(header.salt);
  writer.u8(CIPHER_AES_256_GCM).bytes(header.nonce).u32(header.sealedBytes);
  return writer.finish();
}

/**
 * Reads a header that nobody has authenticated yet: what it asks for is bounded before any of it is done.
 * @throws DecodeError
 */
export function decodeKeyFileHeader(reader: ByteReader): KeyFileHeader {
  if (reader.remaining < MAGIC.length || !equalBytes(reader.view(MAGIC.length), MAGIC)) {
    throw new DecodeError("no key file begins like this", 0);
  }
  expect(reader, reader.u16(), FORMAT_VERSION, "format version");
  expect(reader, reader.u8(), KDF_SCRYPT, "key derivation");
  const cost = { log2N: reader.u8(), blockSize: reader.u32(), parallelism: reader.u32() };
  checkCost(cost, reader.offset);
  const salt = reader.view(SALT_BYTES);
  expect(reader, reader.u8(), CIPHER_AES_256_GCM, "cipher");
  const nonce = reader.view(NONCE_BYTES);
  const sealedBytes = reader.u32();
  if (sealedBytes !== reader.remaining) throw new DecodeError("the encrypted part has another length", reader.offset);
  return { cost, salt, nonce, sealedBytes };
}

function checkCost(cost: ScryptCost, offset: number): void {
  const inRange =
    cost.log2N >= MIN_SCRYPT_LOG2_N &&
    cost.log2N <= MAX_SCRYPT_LOG2_N &&
    cost.blockSize >= 1 &&
    cost.blockSize <= MAX_SCRYPT_BLOCK_SIZE &&
    cost.parallelism >= 1 &&
    cost.parallelism <= MAX_SCRYPT_PARALLELISM;
  if (!inRange || scryptMemoryBytes(cost) > MAX_SCRYPT_MEMORY_BYTES) {
    throw new DecodeError("the cost of opening it is out of bounds", offset);
  }
}

function expect(reader: ByteReader, found: number, known: number, what: string): void {
  if (found !== known) throw new DecodeError(`unknown ${what} ${found}`, reader.offset);
}
