import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, scrypt } from "node:crypto";
import { concatBytes } from "@forkyard/core/bytes/bytes";
import { type ScryptCost, scryptMemoryBytes } from "./header.ts";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
export const TAG_BYTES = 16;

/** The key of a file from its secret (scrypt, off the main thread); the runtime keeps its bytes out of sight. */
export async function deriveFileKey(secret: string, salt: Uint8Array, cost: ScryptCost): Promise<KeyObject> {
  const options = {
    N: 2 ** cost.log2N,
    r: cost.blockSize,
    p: cost.parallelism,
    maxmem: scryptMemoryBytes(cost),
  };
  // The same passphrase typed on two keyboards may come in two Unicode forms.
  const text = secret.normalize("NFKC");
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    scrypt(text, salt, KEY_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

/** AES-256-GCM: the ciphertext and its tag. `clear` is authenticated with it. A nonce is used once for a key. */
export function seal(key: KeyObject, nonce: Uint8Array, clear: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(clear);
  const body = cipher.update(plaintext);
  cipher.final();
  return concatBytes(body, cipher.getAuthTag());
}

/** The plaintext; undefined unless key, nonce, clear part and every sealed bit are the ones it was sealed with. */
export function unseal(
  key: KeyObject,
  nonce: Uint8Array,
  clear: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const bodyBytes = sealed.length - TAG_BYTES;
  if (bodyBytes < 0) return undefined;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(clear);
  decipher.setAuthTag(sealed.subarray(bodyBytes));
  const plaintext = new Uint8Array(decipher.update(sealed.subarray(0, bodyBytes)));
  try {
    decipher.final();
    return plaintext;
  } catch {
    plaintext.fill(0);
    return undefined;
  }
}
