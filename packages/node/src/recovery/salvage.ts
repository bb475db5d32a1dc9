import type { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import { ByteReader } from "@forkyard/core/bytes/reader";
import type { ChainEntry } from "@forkyard/core/chain";
import { DecodeError, InputError, RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf, decodeHeader } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import type { EngineChainStore } from "@forkyard/storage/chain-store";
import { loadChainStart } from "../chain/load-chain.ts";
import { SALVAGE_BATCH_BYTES, SALVAGE_BATCH_ENTRIES } from "../limits.ts";

/** Headers were held against the clock when they came: what was not too far in the future then is not now. */
const LONG_AFTER_SECONDS = Number.MAX_SAFE_INTEGER;

export interface SalvageReport {
  readonly headers: number;
  readonly bodies: number;
  /** Records that could not be read, and blocks that belong to no known chain. */
  readonly lost: number;
}

/** What was found before it is known how it links up. */
interface Findings {
  readonly headers: Map<BlockHash, BlockHeader>;
  readonly bodies: Set<BlockHash>;
  /** Arrival numbers that the old index knew. */
  readonly sequences: Map<BlockHash, number>;
  lost: number;
}

/**
 * Copies into an empty store every block body and header of a damaged one that prove themselves: checksum, hash, proof
 * of work, a chain of valid headers back to genesis. Coins and undo data are not copied but made anew by connecting.
 * @throws InputError when nothing of this network's chain is left
 */
export async function salvageChain(
  from: EngineChainStore,
  to: ChainStore,
  params: NetworkParams,
): Promise<SalvageReport> {
  const found: Findings = { headers: new Map(), bodies: new Set(), sequences: new Map(), lost: 0 };
  await copyBodies(from, to, found);
  await collectEntries(from, found);
  const { tree } = await loadChainStart(params, to);
  const linked = await linkHeaders(to, params, tree, found);
  if (linked.size === 0 && !found.bodies.has(params.genesis.hash)) {
    throw new InputError(
      `nothing of a ${params.name} chain is readable in ${from.location}: remove that folder and let the node sync again`,
    );
  }
  const strays = [...found.bodies].filter((hash) => !linked.has(hash) && hash !== params.genesis.hash);
  const batch = to.batch();
  for (const hash of strays) batch.deleteBlock(hash);
  await to.commit(batch);
  const bodies = found.bodies.size - strays.length;
  return { headers: linked.size, bodies, lost: found.lost + strays.length };
}

async function copyBodies(from: EngineChainStore, to: ChainStore, found: Findings): Promise<void> {
  let batch = to.batch();
  let batchBytes = 0;
  for await (const { hash, bytes } of from.readableBlocks(() => countLost(found))) {
    const header = headerIn(bytes);
    if (header === undefined || blockHashOf(header) !== hash) {
      countLost(found);
      continue;
    }
    found.headers.set(hash, header);
    found.bodies.add(hash);
    batch.putBlock(hash, bytes);
    batchBytes += bytes.length;
    if (batchBytes < SALVAGE_BATCH_BYTES) continue;
    await to.commit(batch);
    batch = to.batch();
    batchBytes = 0;
  }
  await to.commit(batch);
}

function headerIn(bytes: Uint8Array): BlockHeader | undefined {
  try {
    return decodeHeader(new ByteReader(bytes));
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

async function collectEntries(from: EngineChainStore, found: Findings): Promise<void> {
  for await (const { hash, header, sequence } of from.readableEntries(() => countLost(found))) {
    if (blockHashOf(header) !== hash) {
      countLost(found);
      continue;
    }
    found.headers.set(hash, header);
    found.sequences.set(hash, sequence);
  }
}

function countLost(found: Findings): void {
  found.lost += 1;
}

/** Accepts the headers anew, parents first, into tree and store. @returns their hashes, genesis left out */
async function linkHeaders(
  to: ChainStore,
  params: NetworkParams,
  tree: HeaderTree,
  { headers, bodies, sequences }: Findings,
): Promise<ReadonlySet<BlockHash>> {
  const children = Map.groupBy(headers, ([, header]) => header.prevHash);
  const linked = new Set<BlockHash>();
  let lastSequence = [...sequences.values()].reduce((last, sequence) => Math.max(last, sequence), 1);
  let batch = to.batch();
  let parents: ChainEntry[] = [tree.bestHeader()];
  while (parents.length > 0) {
    const next: ChainEntry[] = [];
    for (const parent of parents) {
      for (const [hash, header] of children.get(parent.hash) ?? []) {
        const accepted = ifValid(() => acceptHeader(header, hash, parent, tree, params, LONG_AFTER_SECONDS));
        if (accepted === undefined) continue;
        const known = sequences.get(hash) ?? 0;
        const sequence = known > 0 ? known : ++lastSequence;
        const entry = tree.add(bodies.has(hash) ? { ...accepted, status: "body", sequence } : accepted);
        batch.putEntry(entry);
        linked.add(hash);
        next.push(entry);
        if (linked.size % SALVAGE_BATCH_ENTRIES !== 0) continue;
        await to.commit(batch);
        batch = to.batch();
      }
    }
    parents = next;
  }
  await to.commit(batch);
  return linked;
}

function ifValid<T>(accept: () => T): T | undefined {
  try {
    return accept();
  } catch (error) {
    if (error instanceof RuleError) return undefined;
    throw error;
  }
}
