import { DecodeError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import {
  GARBAGE_POINTS,
  MAX_MEMPOOL_ATTEMPTS,
  MAX_TXS_PER_REQUEST,
  MEMPOOL_RETRY_MS,
  MEMPOOL_TIMEOUT_MS,
} from "../limits.ts";
import type { PeerId, RequestResult } from "../transport/transport.ts";
import { encodeGetTxs } from "../wire/get-txs.ts";
import { decodeMempoolTxids, encodeGetMempool } from "../wire/mempool.ts";
import type { MempoolSyncEffect } from "./effects.ts";
import { NO_PATIENCE, type Patience, RequestLedger } from "./request-ledger.ts";

/** What the exchange needs to know of our mempool. */
export interface MempoolView {
  /** True for transactions in the mempool, confirmed lately, or refused lately: not worth fetching. */
  hasTransaction(txid: Txid): boolean;
}

interface Exchange {
  /** Ids still to fetch, in the peer's order: parents first. */
  wanted: readonly Txid[];
  attempts: number;
  retryAtMs: number;
}

type MempoolRequest = { readonly protocol: "mempool" } | { readonly protocol: "txs"; readonly txids: readonly Txid[] };

/**
 * After connecting, asks a peer once for the ids in its mempool and fetches the transactions that we have not, one
 * bounded request after the other. Gossip brings whatever comes later.
 */
export class MempoolSync {
  readonly #view: MempoolView;
  readonly #peers = new Map<PeerId, Exchange>();
  readonly #ledger: RequestLedger<MempoolRequest>;

  constructor(view: MempoolView, patienceMs: Patience = NO_PATIENCE) {
    this.#view = view;
    this.#ledger = new RequestLedger(patienceMs);
  }

  /**
   * Begins the exchange. Best called when the peer's status request has come: then its gossip reaches us already, so
   * that no transaction falls between the list and the gossip.
   */
  peerReady(peer: PeerId, nowMs: number): readonly MempoolSyncEffect[] {
    if (this.#peers.has(peer)) return [];
    const exchange: Exchange = { wanted: [], attempts: 1, retryAtMs: Number.POSITIVE_INFINITY };
    this.#peers.set(peer, exchange);
    return this.#withWake([this.#askForIds(peer, nowMs)]);
  }

  peerDisconnected(peer: PeerId): void {
    this.#peers.delete(peer);
    this.#ledger.takeOf(peer);
  }

  /** The result of a `request` effect. Ids that are unknown, late or answered already are ignored. */
  response(requestId: number, result: RequestResult, nowMs: number): readonly MempoolSyncEffect[] {
    const request = this.#ledger.take(requestId);
    const exchange = request && this.#peers.get(request.peer);
    if (request === undefined || exchange === undefined) return [];
    return this.#withWake(this.#answered(request.peer, exchange, request.detail, result, nowMs));
  }

  tick(nowMs: number): readonly MempoolSyncEffect[] {
    for (const { peer } of this.#ledger.takeExpired(nowMs)) this.#failed(peer, nowMs);
    const effects: MempoolSyncEffect[] = [];
    for (const [peer, exchange] of this.#peers) {
      if (exchange.retryAtMs > nowMs) continue;
      exchange.retryAtMs = Number.POSITIVE_INFINITY;
      effects.push(this.#askForIds(peer, nowMs));
    }
    return this.#withWake(effects);
  }

  #answered(
    peer: PeerId,
    exchange: Exchange,
    detail: MempoolRequest,
    result: RequestResult,
    nowMs: number,
  ): readonly MempoolSyncEffect[] {
    if ("error" in result) {
      this.#failed(peer, nowMs);
      return [];
    }
    if (detail.protocol === "txs") return this.#takeTransactions(peer, exchange, detail.txids, result.frames, nowMs);
    return this.#takeIds(peer, exchange, result.frames, nowMs);
  }

  #takeIds(
    peer: PeerId,
    exchange: Exchange,
    frames: readonly Uint8Array[],
    nowMs: number,
  ): readonly MempoolSyncEffect[] {
    try {
      const [frame] = frames;
      if (frame === undefined) throw new DecodeError("no frame", 0);
      exchange.wanted = decodeMempoolTxids(frame);
      return this.#askForNext(peer, exchange, nowMs);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return drop(peer, `mempool answer: ${error.message}`);
    }
  }

  #takeTransactions(
    peer: PeerId,
    exchange: Exchange,
    asked: readonly Txid[],
    frames: readonly Uint8Array[],
    nowMs: number,
  ): readonly MempoolSyncEffect[] {
    if (frames.length > asked.length) return drop(peer, "more transactions than were asked for");
    const taken = frames.map((bytes): MempoolSyncEffect => ({ kind: "transaction", peer, bytes }));
    return [...taken, ...this.#askForNext(peer, exchange, nowMs)];
  }

  #askForIds(peer: PeerId, nowMs: number): MempoolSyncEffect {
    const requestId = this.#ledger.add(peer, nowMs + MEMPOOL_TIMEOUT_MS, { protocol: "mempool" });
    return { kind: "request", peer, protocol: "mempool", payload: encodeGetMempool(), requestId };
  }

  /** Each request takes ids off the list, so the exchange ends. */
  #askForNext(peer: PeerId, exchange: Exchange, nowMs: number): readonly MempoolSyncEffect[] {
    const missing = exchange.wanted.filter((txid) => !this.#view.hasTransaction(txid));
    const txids = missing.slice(0, MAX_TXS_PER_REQUEST);
    exchange.wanted = missing.slice(MAX_TXS_PER_REQUEST);
    if (txids.length === 0) return [];
    const requestId = this.#ledger.add(peer, nowMs + MEMPOOL_TIMEOUT_MS, { protocol: "txs", txids });
    return [{ kind: "request", peer, protocol: "txs", payload: encodeGetTxs(txids), requestId }];
  }

  #failed(peer: PeerId, nowMs: number): void {
    const exchange = this.#peers.get(peer);
    if (exchange === undefined || exchange.attempts >= MAX_MEMPOOL_ATTEMPTS) return;
    exchange.attempts++;
    exchange.retryAtMs = nowMs + MEMPOOL_RETRY_MS;
  }

  #withWake(effects: readonly MempoolSyncEffect[]): readonly MempoolSyncEffect[] {
    let atMs = this.#ledger.nextDeadlineMs();
    for (const { retryAtMs } of this.#peers.values()) atMs = Math.min(atMs, retryAtMs);
    return Number.isFinite(atMs) ? [...effects, { kind: "wake", atMs }] : effects;
  }
}

function drop(peer: PeerId, reason: string): readonly MempoolSyncEffect[] {
  return [
    { kind: "penalise", peer, points: GARBAGE_POINTS, reason },
    { kind: "disconnect", peer, reason },
  ];
}
