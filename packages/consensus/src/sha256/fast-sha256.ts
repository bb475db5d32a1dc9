import { createHash, type Hash, hash } from "node:crypto";
import type { Sha256Engine, Sha256Stream } from "@forkyard/core/ports/sha256";
import { WasmSha256 } from "./wasm.ts";

/** Up to here WebAssembly is done before a call into OpenSSL has begun; beyond, OpenSSL's SHA instructions win. */
const MAX_WASM_BYTES = 640;

/**
 * WebAssembly for short messages, OpenSSL for long ones.
 * @throws Error where WebAssembly cannot be used
 */
export function loadFastSha256(): Sha256Engine {
  const wasm = new WasmSha256();
  return {
    name: "wasm+openssl",
    digest: (message) => (message.length <= MAX_WASM_BYTES ? wasm.digest(message) : opensslDigest(message)),
    digestTwice: (message) =>
      message.length <= MAX_WASM_BYTES ? wasm.digestTwice(message) : wasm.digest(opensslDigest(message)),
    stream: () => new OpensslStream(createHash("sha256")),
  };
}

function opensslDigest(message: Uint8Array): Uint8Array {
  return bytesOf(hash("sha256", message, "buffer"));
}

class OpensslStream implements Sha256Stream {
  readonly #hash: Hash;

  constructor(running: Hash) {
    this.#hash = running;
  }

  update(bytes: Uint8Array): this {
    this.#hash.update(bytes);
    return this;
  }

  clone(): Sha256Stream {
    return new OpensslStream(this.#hash.copy());
  }

  digest(): Uint8Array {
    return bytesOf(this.#hash.digest());
  }
}

/** A plain array: two that hold the same must be equal, whichever engine made them. */
function bytesOf({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
