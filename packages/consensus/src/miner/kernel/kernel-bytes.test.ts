import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assembleKernel } from "../../../scripts/build-kernels.ts";
import { kernelBytes } from "../wasm-grinder.ts";
import { simd128Kernel, simd256Kernel } from "./kernels.ts";

describe("shipped mining kernels", () => {
  for (const kernel of [simd128Kernel, simd256Kernel]) {
    test(`${kernel.name} is what the generator writes`, async () => {
      const assembled = await assembleKernel(kernel.groups);
      assert.ok(
        Buffer.from(kernelBytes(kernel)).equals(assembled),
        "kernel-bytes.ts is out of date: run packages/consensus/scripts/build-kernels.ts",
      );
    });
  }
});
