import { inflateRawSync } from "node:zlib";
import { assertNonceRange, type Grinder, type GrindResult } from "./grinder.ts";
import { HeaderWork } from "./header-work.ts";
import type { Kernel } from "./kernel/kernels.ts";
import { LANES_PER_GROUP, MIDSTATE_OFFSET, TAIL_OFFSET, TARGET_TOP_OFFSET } from "./kernel/layout.ts";

type KernelGrind = (nonce: number, steps: number) => number;

/** As much of the global as is used here: TypeScript describes it only together with the browser. */
interface WebAssemblyGlobal {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => { readonly exports: { readonly memory: { readonly buffer: ArrayBuffer }; readonly grind: KernelGrind } };
}

/** Grinds with a WebAssembly SIMD kernel, which sorts out nonces that are not worth a closer look. */
export class WasmGrinder implements Grinder {
  readonly name: string;
  readonly #words: Uint32Array;
  readonly #grind: KernelGrind;
  readonly #noncesPerStep: number;

  /** @throws WebAssembly.CompileError where the engine has no SIMD128 */
  constructor(kernel: Kernel) {
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyGlobal }).WebAssembly;
    const { memory, grind } = new Instance(new Module(kernelBytes(kernel))).exports;
    this.name = kernel.name;
    this.#words = new Uint32Array(memory.buffer);
    this.#grind = grind;
    this.#noncesPerStep = LANES_PER_GROUP * kernel.groups;
  }

  grind(header: Uint8Array, target: bigint, startNonce: number, count: number): GrindResult {
    assertNonceRange(startNonce, count);
    const work = new HeaderWork(header, target);
    this.#load(work);
    let done = 0;
    while (done < count) {
      const steps = Math.ceil((count - done) / this.#noncesPerStep);
      const stepsLeft = this.#grind(startNonce + done, steps);
      if (stepsLeft === 0) break;
      const candidates = done + (steps - stepsLeft) * this.#noncesPerStep;
      // The last step may reach past `count`, even past the last nonce: those nonces were not asked for.
      const end = Math.min(candidates + this.#noncesPerStep, count);
      for (let i = candidates; i < end; i++) {
        if (work.meetsTarget(startNonce + i)) return { nonce: startNonce + i, hashes: i + 1 };
      }
      done = end;
    }
    return { nonce: undefined, hashes: count };
  }

  #load(work: HeaderWork): void {
    this.#words.set(work.midstate, MIDSTATE_OFFSET / 4);
    this.#words.set(work.tail, TAIL_OFFSET / 4);
    this.#words[TARGET_TOP_OFFSET / 4] = work.target[0] as number;
  }
}

/** The module's bytes as wabt assembled them. */
export function kernelBytes(kernel: Kernel): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(inflateRawSync(Buffer.from(kernel.deflated, "base64")));
}
