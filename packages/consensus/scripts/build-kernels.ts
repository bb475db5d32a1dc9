/**
 * Assembles the mining kernels and writes them into the sources, so that mining needs no assembler:
 * `node packages/consensus/scripts/build-kernels.ts`. A test compares what is there with what this makes.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import initWabt from "wabt";
import { generateKernelWat } from "../src/miner/kernel/generate-wat.ts";

/** Constants of kernel-bytes.ts and the groups of the kernel that each holds. */
const KERNEL_GROUPS: ReadonlyMap<string, number> = new Map([
  ["SIMD128_KERNEL", 1],
  ["SIMD256_KERNEL", 2],
]);

/** WebAssembly module of the kernel with so many groups. */
export async function assembleKernel(groups: number): Promise<Uint8Array> {
  const wabt = await initWabt();
  const module = wabt.parseWat("kernel.wat", generateKernelWat(groups), { simd: true });
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

async function kernelSource(): Promise<string> {
  const lines = ["// Written by scripts/build-kernels.ts from generate-wat.ts: change those, not this.", ""];
  for (const [name, groups] of KERNEL_GROUPS) {
    const deflated = deflateRawSync(await assembleKernel(groups), { level: 9 }).toString("base64");
    lines.push(`export const ${name} =`, `  "${deflated}";`);
  }
  return `${lines.join("\n")}\n`;
}

if (import.meta.main) {
  const path = fileURLToPath(new URL("../src/miner/kernel/kernel-bytes.ts", import.meta.url));
  writeFileSync(path, await kernelSource());
}
