/**
 * Assembles the SHA-256 module and writes it into the sources, so that hashing needs no assembler:
 * `node packages/consensus/scripts/build-sha256.ts`. A test compares what is there with what this makes.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import initWabt from "wabt";
import { generateSha256Wat } from "../src/sha256/generate-wat.ts";

/** The WebAssembly module. */
export async function assembleSha256(): Promise<Uint8Array> {
  const wabt = await initWabt();
  const module = wabt.parseWat("sha256.wat", generateSha256Wat(), { bulk_memory: true });
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

if (import.meta.main) {
  const deflated = deflateRawSync(await assembleSha256(), { level: 9 }).toString("base64");
  const lines = ["// Written by scripts/build-sha256.ts from generate-wat.ts: change those, not this.", ""];
  lines.push("export const SHA256_MODULE =", `  "${deflated}";`);
  const path = fileURLToPath(new URL("../src/sha256/module-bytes.ts", import.meta.url));
  writeFileSync(path, `${lines.join("\n")}\n`);
}
