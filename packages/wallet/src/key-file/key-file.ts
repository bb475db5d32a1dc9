import type { KeyObject } from "node:crypto";
import { concatBytes } from "@forkyard/core/bytes/bytes";
import { ByteReader } from "@forkyard/core/bytes/reader";
import { DecodeError, InputError } from "@forkyard/core/errors";
import type { Random } from "@forkyard/core/ports/random";
import {
  MAX_KEY_FILE_BYTES,
  MAX_SECRET_CHARACTERS,
  MIN_RANDOM_SECRET_CHARACTERS,
  PASSPHRASE_SCRYPT_LOG2_N,
  RANDOM_SECRET_SCRYPT_LOG2_N,
} from "../limits.ts";
import { replaceFile } from "./atomic-write.ts";
import type { KeyFilePort } from "./file-port.ts";
import {
  decodeKeyFileHeader,
  encodeKeyFileHeader,
  type KeyFileHeader,
  NONCE_BYTES,
  SALT_BYTES,
  type ScryptCost,
} from "./header.ts";
import { decodePayload, encodePayload, type KeyFilePayload } from "./payload.ts";
import { deriveFileKey, seal, TAG_BYTES, unseal } from "./seal.ts";

/** Typed by a person, or drawn at random (32 hexadecimal digits and more): the second needs no costly derivation. */
export type SecretKind = "passphrase" | "random";

/** Where a key file is and what opens it. */
export interface KeyFileAccess {
  readonly files: KeyFilePort;
  readonly path: string;
  readonly secret: string;
  readonly random: Random;
}

const SCRYPT_BLOCK_SIZE = 8;

/**
 * An encrypted key file: scrypt makes a key of a secret, AES-256-GCM seals the seed and the key indexes with it, the
 * header included. Nothing of the seed is ever written in plain; every write is whole or not at all.
 */
export class KeyFile {
  readonly #access: Omit<KeyFileAccess, "secret">;
  readonly #cost: ScryptCost;
  readonly #salt: Uint8Array;
  readonly #key: KeyObject;

  private constructor(access: KeyFileAccess, cost: ScryptCost, salt: Uint8Array, key: KeyObject) {
    this.#access = { files: access.files, path: access.path, random: access.random };
    this.#cost = cost;
    this.#salt = salt;
    this.#key = key;
  }

  /** Makes a new file. @throws InputError when one is there already, or the secret is too weak for its kind */
  static async create(access: KeyFileAccess, kind: SecretKind, payload: KeyFilePayload): Promise<KeyFile> {
    checkSecret(access.secret, kind);
    if ((await readFile(access)) !== undefined) {
      throw new InputError(`there is a key file at ${access.path} already: open it or choose another name`);
    }
    const log2N = kind === "random" ? RANDOM_SECRET_SCRYPT_LOG2_N : PASSPHRASE_SCRYPT_LOG2_N;
    const cost = { log2N, blockSize: SCRYPT_BLOCK_SIZE, parallelism: 1 };
    const salt = access.random.bytes(SALT_BYTES);
    const file = new KeyFile(access, cost, salt, await deriveFileKey(access.secret, salt, cost));
    await file.write(payload);
    return file;
  }

  /** Opens a file. @throws InputError when there is none, it is no key file, or secret and file do not fit */
  static async open(access: KeyFileAccess): Promise<{ file: KeyFile; payload: KeyFilePayload }> {
    const bytes = await readFile(access);
    if (bytes === undefined) throw new InputError(`there is no key file at ${access.path}`);
    const { header, clear, sealed } = split(bytes, access.path);
    const key = await deriveFileKey(access.secret, header.salt, header.cost);
    const plaintext = unseal(key, header.nonce, clear, sealed);
    if (plaintext === undefined) {
      throw new InputError(`cannot open the key file ${access.path}: the passphrase is wrong or the file is damaged`);
    }
    const payload = readPayload(plaintext, access.path);
    plaintext.fill(0);
    return { file: new KeyFile(access, header.cost, header.salt.slice(), key), payload };
  }

  /** Replaces what the file holds; on the disk when this resolves. @throws InputError when the disk refuses */
  async write(payload: KeyFilePayload): Promise<void> {
    const { files, path, random } = this.#access;
    const plaintext = encodePayload(payload);
    const nonce = random.bytes(NONCE_BYTES);
    const sealedBytes = plaintext.length + TAG_BYTES;
    const clear = encodeKeyFileHeader({ cost: this.#cost, salt: this.#salt, nonce, sealedBytes });
    const sealed = seal(this.#key, nonce, clear, plaintext);
    plaintext.fill(0);
    try {
      await replaceFile(files, path, concatBytes(clear, sealed));
    } catch (error) {
      throw diskError("write", path, error);
    }
  }
}

async function readFile({ files, path }: KeyFileAccess): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path, MAX_KEY_FILE_BYTES);
  } catch (error) {
    throw error instanceof InputError ? error : diskError("read", path, error);
  }
}

function diskError(action: "read" | "write", path: string, error: unknown): InputError {
  const reason = error instanceof Error ? error.message : String(error);
  return new InputError(`cannot ${action} the key file ${path}: ${reason}`, { cause: error });
}

function split(bytes: Uint8Array, path: string): { header: KeyFileHeader; clear: Uint8Array; sealed: Uint8Array } {
  const reader = new ByteReader(bytes);
  const header = decoded(path, () => decodeKeyFileHeader(reader));
  return { header, clear: bytes.subarray(0, reader.offset), sealed: bytes.subarray(reader.offset) };
}

/** The text of the error names no byte of the payload. */
function readPayload(plaintext: Uint8Array, path: string): KeyFilePayload {
  return decoded(path, () => decodePayload(plaintext));
}

function decoded<T>(path: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new InputError(`${path} is not a key file of this program: ${error.message}`, { cause: error });
  }
}

function checkSecret(secret: string, kind: SecretKind): void {
  if (secret.length > MAX_SECRET_CHARACTERS) {
    throw new InputError(`the passphrase is longer than ${MAX_SECRET_CHARACTERS} characters: choose a shorter one`);
  }
  if (secret.length === 0) throw new InputError("the passphrase is empty: choose one");
  if (kind === "random" && secret.length < MIN_RANDOM_SECRET_CHARACTERS) {
    throw new InputError(
      `a random secret needs at least ${MIN_RANDOM_SECRET_CHARACTERS} characters: draw one or call it a passphrase`,
    );
  }
}
