import { EngineChainStore } from "./chain-store.ts";
import type { ChainIdentity } from "./codec/metadata.ts";
import type { Engine } from "./engine/engine.ts";
import { LevelEngine } from "./engine/level-engine.ts";
import { MemoryEngine } from "./engine/memory-engine.ts";
import { claimEngine } from "./identity.ts";

/**
 * Opens the chain in a folder, making it when it is not there.
 * @throws InputError when the folder is in use, cannot be used, or holds another network, chain or schema
 */
export async function openLevelChainStore(path: string, identity: ChainIdentity): Promise<EngineChainStore> {
  return openChainStore(await LevelEngine.open(path), identity);
}

/** A new, empty chain in memory. */
export function memoryChainStore(): EngineChainStore {
  return new EngineChainStore(new MemoryEngine(), true);
}

/** Opens the chain in an engine, which is closed again when it holds another one. */
export async function openChainStore(engine: Engine, identity: ChainIdentity): Promise<EngineChainStore> {
  try {
    const { closedCleanly } = await claimEngine(engine, identity);
    return new EngineChainStore(engine, closedCleanly);
  } catch (error) {
    await engine.close();
    throw error;
  }
}
