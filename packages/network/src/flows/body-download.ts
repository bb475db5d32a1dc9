import { DecodeError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import {
  BLOCK_STALL_MS,
  BLOCKS_TIMEOUT_MS,
  GARBAGE_POINTS,
  HANDED_OVER_POLL_MS,
  HANDED_OVER_TIMEOUT_MS,
  MAX_BLOCKS_IN_FLIGHT,
  MAX_BLOCKS_PER_REQUEST,
  MAX_BUFFERED_BLOCK_BYTES,
  MAX_SOURCES_PER_BLOCK,
  REFILL_AT_BLOCKS,
  STALL_POINTS,
  STALLED_PEER_REST_MS,
} from "../limits.ts";
import type { PeerId, RequestResult } from "../transport/transport.ts";
import { blockFrameHash } from "../wire/block-frame.ts";
import { encodeGetBlocks } from "../wire/get-blocks.ts";
import type { SyncEffect } from "./effects.ts";
import type { RequestLedger } from "./request-ledger.ts";
import type { SyncPeer } from "./sync-peer.ts";
import type { SyncRequest } from "./sync-request.ts";
import type { SyncChainView } from "./sync-view.ts";

/** One block of the window, from the first request to the moment its body is stored. */
interface Wanted {
  /** Peers that owe us this block, with the time when each was asked. */
  readonly sources: Map<PeerId, number>;
  received?: { readonly peer: PeerId; readonly bytes: Uint8Array };
  handedOverMs?: number;
}

/**
 * Fetches the bodies of the best header chain from several peers at once, in a window that moves with what the chain
 * has stored, and hands them over oldest first. State is per peer: what one peer does wrong never cancels the request
 * to another (CVE-2024-52921), and a block that is not coming is soon asked elsewhere (CVE-2024-52922).
 */
export class BodyDownload {
  readonly #view: SyncChainView;
  readonly #ledger: RequestLedger<SyncRequest>;
  readonly #wanted = new Map<BlockHash, Wanted>();
  #window: readonly BlockHash[] = [];
  #bufferedBytes = 0;

  constructor(view: SyncChainView, ledger: RequestLedger<SyncRequest>) {
    this.#view = view;
    this.#ledger = ledger;
  }

  /** True while bodies are missing. */
  get active(): boolean {
    return this.#view.missingBodies(1).length > 0;
  }

  /** Moves the window on, hands over what has come, asks for what is wanted. */
  schedule(peers: ReadonlyMap<PeerId, SyncPeer>, nowMs: number): readonly SyncEffect[] {
    this.#moveWindow([...peers.values()], nowMs);
    const handedOver = this.#handOver(nowMs);
    return [...handedOver, ...this.#requestMissing([...peers.values()], nowMs)];
  }

  answered(peer: SyncPeer, hashes: readonly BlockHash[], result: RequestResult, nowMs: number): readonly SyncEffect[] {
    this.#settle(peer, hashes);
    if ("error" in result) return this.#failed(peer, hashes, nowMs);
    const fault = this.#takeFrames(peer, hashes, result.frames);
    if (fault !== undefined) {
      return [
        { kind: "penalise", peer: peer.id, points: GARBAGE_POINTS, reason: fault },
        { kind: "disconnect", peer: peer.id, reason: fault },
      ];
    }
    if (result.frames.length === 0) peer.setLacking(hashes, nowMs);
    return [];
  }

  /** The request's time is over. */
  timedOut(peer: SyncPeer, hashes: readonly BlockHash[], nowMs: number): readonly SyncEffect[] {
    this.#settle(peer, hashes);
    this.#failed(peer, hashes, nowMs);
    return [{ kind: "penalise", peer: peer.id, points: STALL_POINTS, reason: "no blocks in time" }];
  }

  /** Forgets a request together with its peer. */
  abandon(peer: SyncPeer, hashes: readonly BlockHash[]): void {
    this.#settle(peer, hashes);
  }

  /** The body handed over was refused: it is wanted again, from someone else. */
  rejected(peer: SyncPeer | undefined, hash: BlockHash, nowMs: number): void {
    const wanted = this.#wanted.get(hash);
    if (wanted !== undefined) delete wanted.handedOverMs;
    peer?.setLacking([hash], nowMs);
  }

  /** When a stalled block or a lost one becomes due: Infinity when none will. */
  nextWakeMs(peers: Iterable<SyncPeer>, nowMs: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { sources, handedOverMs } of this.#wanted.values()) {
      if (handedOverMs !== undefined) next = Math.min(next, nowMs + HANDED_OVER_POLL_MS);
      for (const askedMs of sources.values()) {
        if (askedMs + BLOCK_STALL_MS > nowMs) next = Math.min(next, askedMs + BLOCK_STALL_MS);
      }
    }
    if (this.#window.length === 0) return next;
    for (const peer of peers) {
      next = Math.min(next, peer.nextRetryMs(nowMs));
      if (peer.blocksOwed === 0)
        next = Math.min(next, later(peer.pace.blocks.readyAtMs(MAX_BLOCKS_PER_REQUEST, nowMs), nowMs));
    }
    return next;
  }

  #moveWindow(peers: readonly SyncPeer[], nowMs: number): void {
    this.#window = this.#chooseWindow(peers, nowMs);
    const inWindow = new Set(this.#window);
    for (const [hash, wanted] of this.#wanted) {
      const lost = wanted.handedOverMs !== undefined && wanted.handedOverMs + HANDED_OVER_TIMEOUT_MS <= nowMs;
      if (lost) delete wanted.handedOverMs;
      if (!inWindow.has(hash)) this.#forget(hash, wanted);
    }
  }

  /** The way to the best header; when nobody has its bodies, the way to the best tip that some peer can serve. */
  #chooseWindow(peers: readonly SyncPeer[], nowMs: number): readonly BlockHash[] {
    const best = this.#view.missingBodies(MAX_BLOCKS_IN_FLIGHT);
    if (best[0] === undefined || this.#obtainable(best[0], peers, nowMs)) return best;
    const tipWork = this.#view.tipWork();
    const tips = peers
      .flatMap(({ status }) => status ?? [])
      .filter(({ tip, chainWork }) => chainWork > tipWork && this.#view.hasHeader(tip))
      .toSorted((a, b) => (a.chainWork < b.chainWork ? 1 : -1));
    for (const { tip } of tips) {
      const other = this.#view.missingBodies(MAX_BLOCKS_IN_FLIGHT, tip);
      if (other[0] !== undefined && this.#obtainable(other[0], peers, nowMs)) return other;
    }
    return best;
  }

  /** It has come, is on its way, or there is a peer left to ask. */
  #obtainable(hash: BlockHash, peers: readonly SyncPeer[], nowMs: number): boolean {
    const wanted = this.#wanted.get(hash);
    if (wanted?.received !== undefined || wanted?.handedOverMs !== undefined) return true;
    for (const askedMs of wanted?.sources.values() ?? []) if (askedMs + BLOCK_STALL_MS > nowMs) return true;
    const tipWork = this.#view.tipWork();
    return peers.some(
      (peer) => peer.knownWork > tipWork && !peer.lacks(hash, nowMs) && wanted?.sources.has(peer.id) !== true,
    );
  }

  #forget(hash: BlockHash, wanted: Wanted): void {
    this.#bufferedBytes -= wanted.received?.bytes.length ?? 0;
    this.#wanted.delete(hash);
  }

  /** Hands over in the order of the chain, up to the first block that has not come yet, and no more than is wanted. */
  #handOver(nowMs: number): readonly SyncEffect[] {
    const effects: SyncEffect[] = [];
    const room = this.#view.roomForBodies();
    for (const hash of this.#window) {
      if (effects.length >= room) break;
      const wanted = this.#wanted.get(hash);
      if (wanted?.handedOverMs !== undefined || this.#view.hasBody(hash)) continue;
      if (wanted?.received === undefined) break;
      const { peer, bytes } = wanted.received;
      effects.push({ kind: "block", peer, bytes, hash });
      this.#bufferedBytes -= bytes.length;
      delete wanted.received;
      wanted.handedOverMs = nowMs;
    }
    return effects;
  }

  #requestMissing(peers: readonly SyncPeer[], nowMs: number): readonly SyncEffect[] {
    const effects: SyncEffect[] = [];
    const open = this.#window.filter((hash) => this.#needsSource(hash, nowMs));
    for (const peer of this.#inOrderOfUse(peers, nowMs)) {
      const hashes = this.#pick(open, peer, nowMs);
      if (hashes.length === 0 || !peer.pace.blocks.take(hashes.length, nowMs)) continue;
      effects.push(this.#request(peer, hashes, nowMs));
      const picked = new Set(hashes);
      open.splice(0, open.length, ...open.filter((hash) => !picked.has(hash)));
    }
    return effects;
  }

  /** Wanted, and nobody who owes it is still within the stall time. A full buffer leaves only the head of the window. */
  #needsSource(hash: BlockHash, nowMs: number): boolean {
    const wanted = this.#wanted.get(hash);
    if (this.#bufferedBytes >= MAX_BUFFERED_BLOCK_BYTES && hash !== this.#head()) return false;
    if (wanted === undefined) return !this.#view.hasBody(hash);
    if (wanted.received !== undefined || wanted.handedOverMs !== undefined) return false;
    if (wanted.sources.size >= MAX_SOURCES_PER_BLOCK) return false;
    for (const askedMs of wanted.sources.values()) if (askedMs + BLOCK_STALL_MS > nowMs) return false;
    return true;
  }

  /** The block that all others wait for. */
  #head(): BlockHash | undefined {
    return this.#window.find((hash) => this.#wanted.get(hash)?.handedOverMs === undefined);
  }

  /** Peers that may be asked: rested ones first, then by how little they owe. */
  #inOrderOfUse(peers: readonly SyncPeer[], nowMs: number): readonly SyncPeer[] {
    const tipWork = this.#view.tipWork();
    const useful = peers.filter((peer) => peer.knownWork > tipWork && peer.blocksOwed <= REFILL_AT_BLOCKS);
    const rested = useful.filter((peer) => peer.restsUntilMs <= nowMs);
    return (rested.length > 0 ? rested : useful).toSorted((a, b) => a.blocksOwed - b.blocksOwed);
  }

  #pick(open: readonly BlockHash[], peer: SyncPeer, nowMs: number): readonly BlockHash[] {
    const room = MAX_BLOCKS_PER_REQUEST - peer.blocksOwed;
    const askable = open.filter(
      (hash) => !peer.lacks(hash, nowMs) && this.#wanted.get(hash)?.sources.has(peer.id) !== true,
    );
    return askable.slice(0, room);
  }

  #request(peer: SyncPeer, hashes: readonly BlockHash[], nowMs: number): SyncEffect {
    for (const hash of hashes) {
      const wanted = this.#wanted.get(hash) ?? { sources: new Map<PeerId, number>() };
      wanted.sources.set(peer.id, nowMs);
      this.#wanted.set(hash, wanted);
    }
    peer.blocksOwed += hashes.length;
    const requestId = this.#ledger.add(peer.id, nowMs + BLOCKS_TIMEOUT_MS, { protocol: "blocks", hashes });
    return { kind: "request", peer: peer.id, protocol: "blocks", payload: encodeGetBlocks(hashes), requestId };
  }

  /** The peer owes these blocks no longer. */
  #settle(peer: SyncPeer, hashes: readonly BlockHash[]): void {
    peer.blocksOwed -= hashes.length;
    for (const hash of hashes) this.#wanted.get(hash)?.sources.delete(peer.id);
  }

  /** No answer: others are asked first for a while. A broken link is nobody's fault. */
  #failed(peer: SyncPeer, hashes: readonly BlockHash[], nowMs: number): readonly SyncEffect[] {
    peer.restsUntilMs = nowMs + STALLED_PEER_REST_MS;
    peer.setLacking(hashes, nowMs);
    return [];
  }

  /** Keeps the blocks that answer the request; says what is wrong with the first that does not. */
  #takeFrames(peer: SyncPeer, hashes: readonly BlockHash[], frames: readonly Uint8Array[]): string | undefined {
    if (frames.length > hashes.length) return "more blocks than were asked for";
    for (const [i, bytes] of frames.entries()) {
      const hash = hashes[i];
      try {
        if (hash === undefined || blockFrameHash(bytes) !== hash) return "another block than was asked for";
      } catch (error) {
        if (error instanceof DecodeError) return `blocks answer: ${error.message}`;
        throw error;
      }
      this.#keep(peer, hash, bytes);
    }
    return undefined;
  }

  #keep(peer: SyncPeer, hash: BlockHash, bytes: Uint8Array): void {
    const wanted = this.#wanted.get(hash);
    if (wanted === undefined || wanted.received !== undefined || wanted.handedOverMs !== undefined) return;
    wanted.received = { peer: peer.id, bytes };
    this.#bufferedBytes += bytes.length;
  }
}

/** A time that is not now or past, as a wake-up. */
function later(atMs: number, nowMs: number): number {
  return atMs > nowMs ? atMs : Number.POSITIVE_INFINITY;
}
