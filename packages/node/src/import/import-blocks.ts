import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { checkBlock } from "@forkyard/consensus/rules/check-block";
import { type Block, blockFromBytes } from "@forkyard/core/block";
import { DecodeError, InputError, RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import type { Clock } from "@forkyard/core/ports/clock";
import type { Curve } from "@forkyard/core/ports/curve";
import { memoryChainStore, openLevelChainStore } from "@forkyard/storage/open-chain-store";
import { systemRandom } from "../adapters/system-random.ts";
import { Chain, type ChainParts } from "../chain/chain.ts";
import type { ChainListener } from "../chain/chain-events.ts";
import { loadChainStart } from "../chain/load-chain.ts";
import { MAX_IMPORT_FILE_BYTES } from "../limits.ts";
import { startEngines } from "../process/engines.ts";
import { type FramedBlock, framedBlocks } from "./framed-blocks.ts";

export interface ImportOptions {
  readonly params: NetworkParams;
  /** Framed blocks in chain order, plain or gzip. */
  readonly file: string;
  /** Keep the chain here; in memory when absent. */
  readonly dataDir?: string;
  readonly clock: Clock;
  readonly onProgress?: (blocks: number) => void;
}

export interface ImportReport {
  readonly blocks: number;
  readonly transactions: number;
  readonly signatures: number;
  readonly seconds: number;
  readonly tip: { readonly height: number; readonly hash: BlockHash };
  /** Satoshis. */
  readonly coins: { readonly count: number; readonly total: bigint };
  /** The engine that checked the signatures. */
  readonly curve: string;
}

/** A block of the file was refused; the ones before it hold. */
export class ImportRefusal extends Error {
  override readonly name = "ImportRefusal";
  readonly code: string;
  readonly block: BlockHash | null;
  readonly height: number;

  constructor(code: string, message: string, block: BlockHash | null, height: number) {
    super(message);
    this.code = code;
    this.block = block;
    this.height = height;
  }
}

/**
 * Reads framed blocks and validates each in full, from genesis on.
 * @throws InputError when the file cannot be read; ImportRefusal naming the rule when a block breaks one
 */
export async function importBlocks(options: ImportOptions): Promise<ImportReport> {
  const file = readBlockFile(options.file);
  if (file.length === 0) throw new InputError(`${options.file} is empty: there is no block in it`);
  const startedMs = options.clock.monotonicMs();
  const counters = { signatures: 0, transactions: 0, blocks: 0 };
  const curve = startEngines();
  const store = await openStore(options);
  let storageFailure: unknown;
  try {
    const parts: ChainParts = {
      params: options.params,
      store,
      curve: countingCurve(curve, () => {
        counters.signatures += 1;
      }),
      listener: SILENT_LISTENER,
      storageFailed: (error) => {
        storageFailure = error;
      },
    };
    const chain = new Chain(parts, await loadChainStart(options.params, store));
    chain.resume();
    for (const frame of frames(file, options.params, chain)) {
      counters.transactions += importBlock(frame, chain, options, curve);
      counters.blocks += 1;
      options.onProgress?.(counters.blocks);
    }
    await store.close();
    if (storageFailure !== undefined) throw storageFailure;
    const { hash, height, coinCount, coinTotal } = chain.tipRecord;
    return {
      ...counters,
      seconds: (options.clock.monotonicMs() - startedMs) / 1000,
      tip: { height, hash },
      coins: { count: coinCount, total: coinTotal },
      curve: curve.name,
    };
  } finally {
    await store.close();
  }
}

const SILENT_LISTENER: ChainListener = { chainChanged: () => {}, sideBlock: () => {}, blockInvalid: () => {} };

/** Frames of the file; a broken one is refused at the height that it would have had. */
function* frames(file: Uint8Array, params: NetworkParams, chain: Chain): Generator<FramedBlock> {
  try {
    yield* framedBlocks(file, params.magic);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new ImportRefusal("malformed-file", error.message, null, chain.tip.height + 1);
  }
}

/** @returns the number of transactions @throws ImportRefusal */
function importBlock(frame: FramedBlock, chain: Chain, { params, clock }: ImportOptions, curve: Curve): number {
  const height = chain.tip.height + 1;
  const block = decodeFrame(frame, height);
  try {
    const outcome = chain.submitBlock(block, Math.floor(clock.nowMs() / 1000), frame.bytes);
    // A block that is there already was recognised by its header: this body must fit the header too.
    if (outcome.kind === "duplicate") checkBlock(block, params, curve);
    if (outcome.kind === "unknown-parent") throw new RuleError("prev-blk-not-found", { parent: outcome.parent });
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const known = chain.tree.get(block.header.prevHash);
    throw new ImportRefusal(error.code, error.message, block.hash, known === undefined ? height : known.height + 1);
  }
  return block.txs.length;
}

function decodeFrame(frame: FramedBlock, height: number): Block {
  try {
    return blockFromBytes(frame.bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new ImportRefusal("malformed-block", `${error.message} of the frame at ${frame.offset}`, null, height);
  }
}

function readBlockFile(file: string): Uint8Array {
  try {
    const { size } = statSync(file);
    if (size > MAX_IMPORT_FILE_BYTES) throw new InputError(`${file} is larger than ${MAX_IMPORT_FILE_BYTES} bytes`);
    const bytes = readFileSync(file);
    return isGzip(bytes) ? gunzipSync(bytes, { maxOutputLength: MAX_IMPORT_FILE_BYTES }) : bytes;
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function openStore({ dataDir, params }: ImportOptions): Promise<ChainStore> {
  if (dataDir === undefined) return memoryChainStore();
  const identity = { networkName: params.name, genesisHash: params.genesis.hash };
  return openLevelChainStore(join(dataDir, "chain"), identity, systemRandom);
}

/** The same curve, telling of each signature it checks. */
function countingCurve(curve: Curve, count: () => void): Curve {
  return {
    name: curve.name,
    verifyEcdsa(signature, digest, publicKey) {
      count();
      return curve.verifyEcdsa(signature, digest, publicKey);
    },
    verifySchnorr(signature, message, publicKey) {
      count();
      return curve.verifySchnorr(signature, message, publicKey);
    },
    isTweaked: (outputKey, outputParity, internalKey, tweak) =>
      curve.isTweaked(outputKey, outputParity, internalKey, tweak),
  };
}
