import { SIMD128_KERNEL, SIMD256_KERNEL } from "./kernel-bytes.ts";

/** A kernel that generate-wat.ts wrote, ready to run. */
export interface Kernel {
  /** Name shown in `status` and in benchmarks. */
  readonly name: string;
  /** Vectors that are worked on side by side. */
  readonly groups: number;
  /** WebAssembly module: raw deflate, base64. */
  readonly deflated: string;
}

/** Four nonces at a time: the fastest on any engine with SIMD128. */
export const simd128Kernel: Kernel = { name: "wasm-simd128", groups: 1, deflated: SIMD128_KERNEL };

/** Two times four nonces, laid out for {@link TURBO_V8_FLAG}; slower than the other one without it. */
export const simd256Kernel: Kernel = { name: "wasm-simd256", groups: 2, deflated: SIMD256_KERNEL };

/** Lets V8 merge pairs of 128-bit vectors into 256-bit ones (AVX2). Experimental in V8: only on request. */
export const TURBO_V8_FLAG = "--experimental-wasm-revectorize";
