import type { Random } from "@forkyard/core/ports/random";
import { EngineChainStore } from "./chain-store.ts";
import type { ChainIdentity } from "./codec/metadata.ts";
import { COIN_SUM_KEY_BYTES } from "./coin-sum.ts";
import type { Engine } from "./engine/engine.ts";
import { LevelEngine } from "./engine/level-engine.ts";
import { MemoryEngine } from "./engine/memory-engine.ts";
import { OverlayEngine } from "./engine/overlay-engine.ts";
import { StoreDamagedError } from "./errors.ts";
import type { CoinCacheOptions } from "./flush-policy.ts";
import { claimEngine, inspectEngine } from "./identity.ts";
import { METADATA_KEY } from "./keys.ts";
import { rollForward } from "./roll-forward.ts";

/**
 * Opens the chain in a folder, making it when it is not there.
 * @param random makes the key of a new chain's coin sum
 * @throws InputError when the folder is in use, cannot be used, or holds another network, chain or schema;
 * StoreDamagedError when the database or its metadata cannot be read
 */
export async function openLevelChainStore(
  path: string,
  identity: ChainIdentity,
  random: Random,
  coinCache: CoinCacheOptions = {},
): Promise<EngineChainStore> {
  return openChainStore(await LevelEngine.open(path), identity, random, coinCache);
}

/**
 * Opens a chain to be read only: nothing is written, whatever the folder holds. Coins that an interruption left behind
 * the tip are brought forward in memory.
 * @throws InputError when there is no chain, or as {@link openLevelChainStore}; StoreDamagedError
 */
export async function openLevelChainForReading(path: string, identity: ChainIdentity): Promise<EngineChainStore> {
  const engine = await LevelEngine.open(path, { mustExist: true });
  try {
    const stored = engine.get(METADATA_KEY);
    if (stored === undefined) throw new StoreDamagedError(`the metadata in ${path} is missing`);
    const claim = inspectEngine(engine, stored, identity);
    const held = new OverlayEngine(engine);
    const replayedBlocks = await rollForward(held, claim.coinSumKey);
    return new EngineChainStore(held, { ...claim, replayedBlocks, readOnly: true });
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/**
 * Opens what may be damaged, only to take out of it what is sound: metadata that cannot be read is passed over.
 * @throws InputError for another network's data; StoreDamagedError when LevelDB cannot open the folder
 */
export async function openLevelChainForSalvage(path: string, identity: ChainIdentity): Promise<EngineChainStore> {
  const engine = await LevelEngine.open(path, { mustExist: true });
  try {
    const stored = engine.get(METADATA_KEY);
    if (stored !== undefined) inspectEngine(engine, stored, identity);
  } catch (error) {
    if (!(error instanceof StoreDamagedError)) {
      await engine.close();
      throw error;
    }
  }
  const coinSumKey = new Uint8Array(COIN_SUM_KEY_BYTES);
  return new EngineChainStore(engine, { closedCleanly: false, coinSumKey, readOnly: true });
}

/** A new, empty chain in memory. */
export function memoryChainStore(coinCache: CoinCacheOptions = {}): EngineChainStore {
  const coinSumKey = new Uint8Array(COIN_SUM_KEY_BYTES);
  return new EngineChainStore(new MemoryEngine(), { closedCleanly: true, coinSumKey, coinCache });
}

/** Opens the chain in an engine, which is closed again when it holds another one. */
export async function openChainStore(
  engine: Engine,
  identity: ChainIdentity,
  random: Random,
  coinCache: CoinCacheOptions = {},
): Promise<EngineChainStore> {
  try {
    const claim = await claimEngine(engine, identity, random);
    const replayedBlocks = await rollForward(engine, claim.coinSumKey, coinCache.maxBatchBytes);
    return new EngineChainStore(engine, { ...claim, replayedBlocks, coinCache });
  } catch (error) {
    await engine.close();
    throw error;
  }
}
