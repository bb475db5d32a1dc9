import { inflateRawSync } from "node:zlib";
import { assert } from "@forkyard/core/errors";
import { DIGEST_BYTES, DIGEST_OFFSET, MAX_MESSAGE_BYTES, MESSAGE_OFFSET } from "./layout.ts";
import { SHA256_MODULE } from "./module-bytes.ts";

/** As much of the global as is used here: TypeScript describes it only together with the browser. */
interface WebAssemblyGlobal {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      readonly digest: (bytes: number) => void;
      readonly digestTwice: (bytes: number) => void;
    };
  };
}

/** SHA-256 of messages of at most {@link MAX_MESSAGE_BYTES}, in WebAssembly: the fastest there is for a few blocks. */
export class WasmSha256 {
  readonly #memory: Uint8Array;
  readonly #digest: (bytes: number) => void;
  readonly #digestTwice: (bytes: number) => void;

  /** @throws WebAssembly.CompileError where the engine lacks bulk memory operations */
  constructor() {
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyGlobal }).WebAssembly;
    const { memory, digest, digestTwice } = new Instance(new Module(moduleBytes())).exports;
    this.#memory = new Uint8Array(memory.buffer);
    this.#digest = digest;
    this.#digestTwice = digestTwice;
  }

  digest(message: Uint8Array): Uint8Array {
    this.#load(message);
    this.#digest(message.length);
    return this.#memory.slice(DIGEST_OFFSET, DIGEST_OFFSET + DIGEST_BYTES);
  }

  digestTwice(message: Uint8Array): Uint8Array {
    this.#load(message);
    this.#digestTwice(message.length);
    return this.#memory.slice(DIGEST_OFFSET, DIGEST_OFFSET + DIGEST_BYTES);
  }

  #load(message: Uint8Array): void {
    assert(message.length <= MAX_MESSAGE_BYTES, `${message.length} bytes do not fit into the SHA-256 module`);
    this.#memory.set(message, MESSAGE_OFFSET);
  }
}

/** The module's bytes as wabt assembled them. */
export function moduleBytes(): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(inflateRawSync(Buffer.from(SHA256_MODULE, "base64")));
}
