import { RuleError } from "@forkyard/core/errors";
import { type BlockHash, type MerkleRoot, ZERO_HASH } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf, encodeHeader } from "@forkyard/core/header";
import type { ChainServer } from "../flows/chain-server.ts";
import type { HeadersOutcome, SyncChainView } from "../flows/sync-view.ts";
import type { Status } from "../wire/status.ts";

/** A chain of headers that only point at one another, for tests of synchronising: each block is worth its `bits`. */

interface Entry {
  readonly header: BlockHeader;
  readonly hash: BlockHash;
  readonly height: number;
  readonly work: bigint;
}

const GENESIS_HEADER: BlockHeader = {
  version: 1,
  prevHash: ZERO_HASH as BlockHash,
  merkleRoot: ZERO_HASH as MerkleRoot,
  time: 0,
  bits: 1,
  nonce: 0,
};
const GENESIS: Entry = { header: GENESIS_HEADER, hash: blockHashOf(GENESIS_HEADER), height: 0, work: 1n };
/** Bits of a header that breaks a rule. */
export const INVALID_BITS = 999;
const BODY = Uint8Array.of(7, 7, 7);

/** Headers that follow `parent`; the nonce tells branches apart. */
export function headersOn(parent: BlockHash, count: number, nonce = 0, bits = 1): readonly BlockHeader[] {
  const headers: BlockHeader[] = [];
  let prevHash = parent;
  for (let i = 0; i < count; i++) {
    const header: BlockHeader = { ...GENESIS_HEADER, prevHash, nonce, bits, time: i + 1 };
    headers.push(header);
    prevHash = blockHashOf(header);
  }
  return headers;
}

/** Bytes of the block with this header. */
export function bodyOf(header: BlockHeader): Uint8Array {
  return Uint8Array.from([...encodeHeader(header), ...BODY]);
}

/** Tree, bodies and tip in one, as view for the flow and as server for the peers. Bodies count once their parents do. */
export class FakeChain implements SyncChainView, ChainServer {
  readonly entries = new Map<BlockHash, Entry>([[GENESIS.hash, GENESIS]]);
  readonly bodies = new Set<BlockHash>([GENESIS.hash]);
  /** Hashes in the order in which their bodies came. */
  readonly stored: BlockHash[] = [];
  readonly #connected = new Set<BlockHash>([GENESIS.hash]);
  readonly #children = new Map<BlockHash, BlockHash[]>();
  /** Chains with less work than this are not stored. */
  least = 0n;
  /** Bodies that may be handed over at once. */
  room: number = Number.POSITIVE_INFINITY;
  best: Entry = GENESIS;
  tip: Entry = GENESIS;

  static readonly genesis: BlockHash = GENESIS.hash;

  /** Adds headers with their bodies. */
  extend(headers: readonly BlockHeader[]): this {
    this.acceptHeaders(headers);
    for (const header of headers) this.store(blockHashOf(header));
    return this;
  }

  store(hash: BlockHash): void {
    this.bodies.add(hash);
    this.stored.push(hash);
    this.#connect(hash);
  }

  status(): Status {
    const { height, hash, work } = this.tip;
    return { genesisHash: GENESIS.hash, height, tip: hash, chainWork: work, userAgent: "/fake/" };
  }

  locator(): readonly BlockHash[] {
    const path = this.#path(this.best);
    const locator: BlockHash[] = [];
    for (let at = path.length - 1, step = 1; at > 0; at -= step) {
      const hash = path[at];
      if (hash !== undefined) locator.push(hash);
      if (locator.length >= 10) step *= 2;
    }
    return [...locator, GENESIS.hash];
  }

  bestHeaderWork(): bigint {
    return this.best.work;
  }

  tipWork(): bigint {
    return this.tip.work;
  }

  headerWork(hash: BlockHash): bigint | undefined {
    return this.entries.get(hash)?.work;
  }

  provenWork(headers: readonly BlockHeader[]): bigint | undefined {
    const inOrder = headers.every(({ prevHash }, i) => {
      const before = headers[i - 1];
      return before === undefined || prevHash === blockHashOf(before);
    });
    return inOrder ? headers.reduce((sum, { bits }) => sum + BigInt(bits), 0n) : undefined;
  }

  leastWork(): bigint {
    return this.least;
  }

  hasHeader(hash: BlockHash): boolean {
    return this.entries.has(hash);
  }

  hasBody(hash: BlockHash): boolean {
    return this.bodies.has(hash);
  }

  roomForBodies(): number {
    return this.room;
  }

  acceptHeaders(headers: readonly BlockHeader[]): HeadersOutcome {
    let accepted = 0;
    let lastHash: BlockHash | undefined;
    for (const header of headers) {
      const parent = this.entries.get(header.prevHash);
      const hash = blockHashOf(header);
      const last = lastHash === undefined ? {} : { lastHash };
      if (parent === undefined) return { accepted, ...last, unconnected: true };
      if (header.bits === INVALID_BITS) return { accepted, ...last, error: new RuleError("bad-diffbits") };
      if (!this.entries.has(hash)) {
        accepted++;
        const entry = { header, hash, height: parent.height + 1, work: parent.work + BigInt(header.bits) };
        this.entries.set(hash, entry);
        this.#children.set(header.prevHash, [...(this.#children.get(header.prevHash) ?? []), hash]);
        if (entry.work > this.best.work) this.best = entry;
      }
      lastHash = hash;
    }
    return lastHash === undefined ? { accepted } : { accepted, lastHash };
  }

  missingBodies(max: number, towards: BlockHash = this.best.hash): readonly BlockHash[] {
    const path = this.#path(this.entries.get(towards) ?? this.best);
    return path.filter((hash) => !this.bodies.has(hash)).slice(0, max);
  }

  locatorFork(hashes: readonly BlockHash[]): BlockHash | undefined {
    const active = new Set(this.#path(this.tip));
    return hashes.find((hash) => active.has(hash));
  }

  headersAfter(hash: BlockHash | undefined, max: number): readonly BlockHeader[] {
    const path = this.#path(this.tip);
    const from = hash === undefined ? 0 : path.indexOf(hash);
    return path.slice(from + 1, from + 1 + max).map((next) => (this.entries.get(next) as Entry).header);
  }

  blockBytes(hash: BlockHash): Uint8Array | undefined {
    const entry = this.entries.get(hash);
    return entry !== undefined && this.bodies.has(hash) ? bodyOf(entry.header) : undefined;
  }

  txBytes(): undefined {
    return undefined;
  }

  mempoolTxids(): readonly [] {
    return [];
  }

  /** From genesis to the entry. */
  #path(entry: Entry): readonly BlockHash[] {
    const path = [entry.hash];
    for (let at = this.entries.get(entry.header.prevHash); at; at = this.entries.get(at.header.prevHash))
      path.push(at.hash);
    return path.toReversed();
  }

  /** A block counts once it and its ancestors have bodies; then its descendants may, too. */
  #connect(hash: BlockHash): void {
    const open = [hash];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const entry = this.entries.get(next);
      if (entry === undefined || !this.bodies.has(next) || !this.#connected.has(entry.header.prevHash)) continue;
      this.#connected.add(next);
      if (entry.work > this.tip.work) this.tip = entry;
      open.push(...(this.#children.get(next) ?? []));
    }
  }
}
