import { sha256 } from "@noble/hashes/sha2.js";
import type { Sha256Engine, Sha256Stream } from "../ports/sha256.ts";

type NobleHasher = ReturnType<typeof sha256.create>;

/** Plain JavaScript: works everywhere, and is what other engines are held against. */
export const nobleSha256: Sha256Engine = {
  name: "noble",
  digest: (message) => sha256(message),
  digestTwice: (message) => sha256(sha256(message)),
  stream: () => new NobleStream(sha256.create()),
};

class NobleStream implements Sha256Stream {
  readonly #hasher: NobleHasher;

  constructor(hasher: NobleHasher) {
    this.#hasher = hasher;
  }

  update(bytes: Uint8Array): this {
    this.#hasher.update(bytes);
    return this;
  }

  clone(): Sha256Stream {
    return new NobleStream(this.#hasher.clone());
  }

  digest(): Uint8Array {
    return this.#hasher.digest();
  }
}
