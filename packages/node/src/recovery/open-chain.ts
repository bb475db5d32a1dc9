import { ByteReader } from "@forkyard/core/bytes/reader";
import { InputError } from "@forkyard/core/errors";
import { blockHashOf, decodeHeader } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Clock } from "@forkyard/core/ports/clock";
import type { Curve } from "@forkyard/core/ports/curve";
import type { Log } from "@forkyard/core/ports/log";
import type { Random } from "@forkyard/core/ports/random";
import { auditCoins } from "@forkyard/storage/audit-coins";
import type { EngineChainStore } from "@forkyard/storage/chain-store";
import type { ChainIdentity } from "@forkyard/storage/codec/metadata";
import { LevelEngine } from "@forkyard/storage/engine/level-engine";
import { StoreDamagedError } from "@forkyard/storage/errors";
import type { CoinCacheOptions } from "@forkyard/storage/flush-policy";
import { openLevelChainForSalvage, openLevelChainStore } from "@forkyard/storage/open-chain-store";
import type { ChainStart } from "../chain/chain.ts";
import { loadChainStart } from "../chain/load-chain.ts";
import { BLOCKS_CHECKED_AT_START, MAX_COINS_AUDITED_AT_EVERY_START } from "../limits.ts";
import type { ScriptRunner } from "../scripts/script-runner.ts";
import { catchUp } from "./catch-up.ts";
import { salvageChain } from "./salvage.ts";
import { finishSwap, freshFolder, type SwapStep, swapFolders } from "./swap-folder.ts";

export interface OpenChainOptions {
  /** Folder of the database. */
  readonly folder: string;
  readonly params: NetworkParams;
  readonly curve: Curve;
  /** Who runs the scripts of blocks; the calling thread when absent. */
  readonly scripts?: ScriptRunner;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Build the chain anew from its stored blocks even if nothing seems wrong. */
  readonly reindex: boolean;
  readonly coinCache?: CoinCacheOptions;
  /** Told of each step of putting a rebuilt chain in the old one's place; tests put faults in between. */
  readonly swapping?: (step: SwapStep) => void;
  /** How a database is opened; tests put faults in between. */
  readonly openStore?: (folder: string) => Promise<EngineChainStore>;
}

export interface OpenedChain {
  readonly store: EngineChainStore;
  readonly start: ChainStart;
}

/**
 * Opens the chain of a data folder so that it can be trusted: what an interruption left is cleared up, index, coins and
 * last blocks are examined, and a chain that does not hold is built anew from its sound blocks; what is not sound is
 * left to the peers. The caller holds the data folder's lock.
 * @throws InputError when the folder is in use, holds something else, or cannot be saved
 */
export async function openChain(options: OpenChainOptions): Promise<OpenedChain> {
  const { folder, log, swapping } = options;
  finishSwap(folder, swapping);
  const asked = options.reindex && LevelEngine.existsIn(folder);
  if (asked) {
    log.warn("building the chain anew from its stored blocks", { reason: "--reindex" });
  } else {
    try {
      return await openExamined(options);
    } catch (error) {
      if (!(error instanceof StoreDamagedError)) throw error;
      log.error("the stored chain is damaged: building it anew from its sound blocks", { reason: error.message });
    }
  }
  await rebuild(options, !asked);
  return openRebuilt(options);
}

/** A chain that was just built anew has nothing left to be repaired from. */
async function openRebuilt(options: OpenChainOptions): Promise<OpenedChain> {
  try {
    return await openExamined(options);
  } catch (error) {
    if (!(error instanceof StoreDamagedError)) throw error;
    throw refusal(options, error.message);
  }
}

async function openExamined(options: OpenChainOptions): Promise<OpenedChain> {
  const store = await openStore(options, options.folder);
  try {
    const { replayedBlocks } = store;
    if (replayedBlocks > 0) options.log.info("coins brought forward to the tip", { blocks: replayedBlocks });
    const loaded = await loadChainStart(options.params, store);
    await examineCoins(store, options.log);
    examineLastBlocks(store, loaded);
    return { store, start: await catchUp({ ...options, store }, loaded) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The coins must add up to what the tip record says. @throws StoreDamagedError when they do not */
async function examineCoins(store: EngineChainStore, log: Log): Promise<void> {
  const recorded = store.tip()?.coinCount ?? 0;
  if (store.closedCleanly && recorded > MAX_COINS_AUDITED_AT_EVERY_START) return;
  const audit = await auditCoins(store);
  if (!store.closedCleanly) {
    log.info("coins audited after an unclean stop", { coins: audit.coinCount, consistent: audit.consistent });
  }
  if (audit.consistent) return;
  throw new StoreDamagedError(
    `the ${audit.coinCount} coins do not add up to the ${recorded} that the tip stands for: the disk lost or changed data`,
  );
}

/** Looks at the blocks most likely to be taken back. @throws StoreDamagedError */
function examineLastBlocks(store: EngineChainStore, { tree, tip }: ChainStart): void {
  const lowest = Math.max(1, tip.height - BLOCKS_CHECKED_AT_START + 1, store.prunedHeight() + 1);
  for (let height = lowest; height <= tip.height; height++) {
    const { hash } = tree.ancestor(tip, height);
    const bytes = store.blockBytes(hash);
    if (bytes === undefined || store.undo(hash) === undefined) {
      throw new StoreDamagedError(`body or undo data of block ${hash} at height ${height} is missing`);
    }
    if (blockHashOf(decodeHeader(new ByteReader(bytes))) !== hash) {
      throw new StoreDamagedError(`the body of block ${hash} at height ${height} is another block`);
    }
  }
}

/**
 * Salvages the old database into a new one and puts that in its place; one in which nothing was stored yet, asked to be
 * built anew and not found damaged, stays as it is.
 * @throws InputError when nothing can be saved
 */
async function rebuild(options: OpenChainOptions, damaged: boolean): Promise<void> {
  const { folder, params, log } = options;
  const old = await openDamaged(options);
  try {
    if (!damaged && (await old.isBlank())) return;
    const fresh = await openStore(options, freshFolder(folder));
    try {
      const report = await salvageChain(old, fresh, params);
      log.warn("sound blocks copied: connecting them", { ...report });
    } finally {
      await fresh.close();
    }
  } finally {
    await old.close();
  }
  swapFolders(folder, options.swapping);
}

async function openDamaged(options: OpenChainOptions): Promise<EngineChainStore> {
  const identity = identityOf(options.params);
  try {
    return await openLevelChainForSalvage(options.folder, identity);
  } catch (error) {
    if (!(error instanceof StoreDamagedError)) throw error;
    options.log.warn("the database does not open: repairing it first", { reason: error.message });
  }
  try {
    await LevelEngine.repair(options.folder);
    return await openLevelChainForSalvage(options.folder, identity);
  } catch (error) {
    throw refusal(options, error instanceof Error ? error.message : String(error));
  }
}

function openStore(options: OpenChainOptions, folder: string): Promise<EngineChainStore> {
  const { params, random, coinCache, openStore: open } = options;
  return open?.(folder) ?? openLevelChainStore(folder, identityOf(params), random, coinCache);
}

function identityOf(params: NetworkParams): ChainIdentity {
  return { networkName: params.name, genesisHash: params.genesis.hash };
}

function refusal({ folder }: OpenChainOptions, reason: string): InputError {
  return new InputError(
    `the chain in ${folder} cannot be saved (${reason}): remove that folder and the node syncs again`,
  );
}
