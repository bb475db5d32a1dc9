import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LevelEngine } from "./engine/level-engine.ts";
import { MemoryEngine } from "./engine/memory-engine.ts";
import { chainStoreSuite } from "./testing/chain-store-suite.ts";

chainStoreSuite("memory", async () => {
  const engine = new MemoryEngine();
  return { open: async () => engine, remove: async () => {} };
});

chainStoreSuite("LevelDB", async () => {
  const folder = await mkdtemp(join(tmpdir(), "forkyard-store-"));
  return {
    open: () => LevelEngine.open(join(folder, "chain")),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
});
