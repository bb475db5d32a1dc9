import { DecodeError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { GARBAGE_POINTS, MAX_STATUS_FAILURES, STATUS_POLL_MS, STATUS_RETRY_MS, STATUS_TIMEOUT_MS } from "../limits.ts";
import type { PeerId, RequestResult } from "../transport/transport.ts";
import { decodeStatus, encodeStatus, type Status } from "../wire/status.ts";
import { BodyDownload } from "./body-download.ts";
import type { OpenRequest, SyncEffect } from "./effects.ts";
import { HeaderDownload } from "./header-download.ts";
import { NO_PATIENCE, type Patience, RequestLedger } from "./request-ledger.ts";
import { SyncPeer } from "./sync-peer.ts";
import type { SyncRequest } from "./sync-request.ts";
import type { SyncChainView } from "./sync-view.ts";

/** How often and how patiently peers are asked. */
export interface SyncPace {
  /** How often a peer is asked for its status. */
  readonly statusPollMs?: number | undefined;
  readonly patienceMs?: Patience;
}

/**
 * Brings our chain up to the best that any peer has: asks every peer for its status, fetches headers from the one that
 * claims most work, then the bodies from all that have them. Synchronous: events and the time come in, effects go out.
 * Call `tick` at the time of the last `wake`, and whenever blocks that were handed over have been stored.
 */
export class SyncFlow {
  readonly #view: SyncChainView;
  readonly #ownStatus: () => Status;
  readonly #peers = new Map<PeerId, SyncPeer>();
  readonly #ledger: RequestLedger<SyncRequest>;
  readonly #headers: HeaderDownload;
  readonly #bodies: BodyDownload;
  readonly #statusPollMs: number;

  /**
   * @param ownStatus what we tell peers about ourselves; its genesis hash is the one that peers must have.
   */
  constructor(
    view: SyncChainView,
    ownStatus: () => Status,
    { statusPollMs = STATUS_POLL_MS, patienceMs = NO_PATIENCE }: SyncPace = {},
  ) {
    this.#view = view;
    this.#ownStatus = ownStatus;
    this.#statusPollMs = statusPollMs;
    this.#ledger = new RequestLedger(patienceMs);
    this.#headers = new HeaderDownload(view, this.#ledger);
    this.#bodies = new BodyDownload(view, this.#ledger);
  }

  peerConnected(peer: PeerId, nowMs: number): readonly SyncEffect[] {
    if (!this.#peers.has(peer)) this.#peers.set(peer, new SyncPeer(peer, nowMs));
    return this.#advance([], nowMs);
  }

  peerDisconnected(peer: PeerId, nowMs: number): readonly SyncEffect[] {
    this.#forget(peer);
    return this.#advance([], nowMs);
  }

  /** The result of a `request` effect. Ids that are unknown, late or answered already are ignored. */
  response(requestId: number, result: RequestResult, nowMs: number): readonly SyncEffect[] {
    const request = this.#ledger.take(requestId);
    const peer = request && this.#peers.get(request.peer);
    if (request === undefined || peer === undefined) return [];
    return this.#advance(this.#answered(peer, request.detail, result, nowMs), nowMs);
  }

  /** The peer told its status on its own: the payload of its status request. @throws DecodeError */
  statusReceived(peerId: PeerId, payload: Uint8Array, nowMs: number): readonly SyncEffect[] {
    const status = decodeStatus(payload);
    const peer = this.#peers.get(peerId);
    if (peer === undefined) return [];
    return this.#advance(this.#learn(peer, status), nowMs);
  }

  /** The peer has a block: asks it for headers when we do not know that one. */
  headerAnnounced(peerId: PeerId, hash: BlockHash, nowMs: number): readonly SyncEffect[] {
    return this.#view.hasHeader(hash) ? [] : this.gossipUnknownParent(peerId, hash, nowMs);
  }

  /** The peer gossiped the block `hash`, whose parent we do not know. */
  gossipUnknownParent(peerId: PeerId, _hash: BlockHash, nowMs: number): readonly SyncEffect[] {
    const peer = this.#peers.get(peerId);
    if (peer !== undefined) peer.headersWanted = true;
    return this.#advance([], nowMs);
  }

  /** A body that was handed over is not the block that its header names (a mutated copy): asks someone else. */
  bodyRejected(peerId: PeerId, hash: BlockHash, nowMs: number): readonly SyncEffect[] {
    this.#bodies.rejected(this.#peers.get(peerId), hash, nowMs);
    return this.#advance([], nowMs);
  }

  /** Deadlines, polls and whatever has become possible since. */
  tick(nowMs: number): readonly SyncEffect[] {
    return this.#advance([], nowMs);
  }

  /** True while bodies are missing or a peer claims a better chain than ours. */
  syncing(): boolean {
    return this.#bodies.active || this.#headers.behind(this.#peers.values());
  }

  /** Heights and versions that the connected peers have told, for people. */
  statuses(): ReadonlyMap<PeerId, Status> {
    const told = new Map<PeerId, Status>();
    for (const peer of this.#peers.values()) if (peer.status !== undefined) told.set(peer.id, peer.status);
    return told;
  }

  /** Adds what follows from the new state. Peers that these drop are forgotten before anything is asked. */
  #advance(first: readonly SyncEffect[], nowMs: number): readonly SyncEffect[] {
    const expired = this.#ledger.takeExpired(nowMs).flatMap((request) => this.#expired(request, nowMs));
    const effects = [...first, ...expired];
    for (const effect of effects) if (effect.kind === "disconnect") this.#forget(effect.peer);
    const next = [
      ...effects,
      ...this.#askStatus(nowMs),
      ...this.#headers.schedule(this.#peers, nowMs),
      ...this.#bodies.schedule(this.#peers, nowMs),
    ];
    const atMs = this.#nextWakeMs(nowMs);
    return Number.isFinite(atMs) ? [...next, { kind: "wake", atMs }] : next;
  }

  #answered(peer: SyncPeer, detail: SyncRequest, result: RequestResult, nowMs: number): readonly SyncEffect[] {
    if (detail.protocol === "headers") return this.#headers.answered(peer, result, nowMs);
    if (detail.protocol === "blocks") return this.#bodies.answered(peer, detail.hashes, result, nowMs);
    return this.#statusAnswered(peer, result, nowMs);
  }

  #expired(request: OpenRequest<SyncRequest>, nowMs: number): readonly SyncEffect[] {
    const peer = this.#peers.get(request.peer);
    if (peer === undefined) return [];
    if (request.detail.protocol === "headers") return this.#headers.timedOut(peer, nowMs);
    if (request.detail.protocol === "blocks") return this.#bodies.timedOut(peer, request.detail.hashes, nowMs);
    return this.#statusFailed(peer, nowMs);
  }

  #forget(peerId: PeerId): void {
    const peer = this.#peers.get(peerId);
    if (peer === undefined) return;
    for (const { detail } of this.#ledger.takeOf(peerId)) {
      if (detail.protocol === "blocks") this.#bodies.abandon(peer, detail.hashes);
    }
    this.#peers.delete(peerId);
  }

  #askStatus(nowMs: number): readonly SyncEffect[] {
    const effects: SyncEffect[] = [];
    for (const peer of this.#peers.values()) {
      if (peer.statusInFlight || peer.statusDueMs > nowMs || !peer.pace.status.take(1, nowMs)) continue;
      peer.statusInFlight = true;
      peer.statusDueMs = nowMs + this.#statusPollMs;
      const requestId = this.#ledger.add(peer.id, nowMs + STATUS_TIMEOUT_MS, { protocol: "status" });
      const payload = encodeStatus(this.#ownStatus());
      effects.push({ kind: "request", peer: peer.id, protocol: "status", payload, requestId });
    }
    return effects;
  }

  #statusAnswered(peer: SyncPeer, result: RequestResult, nowMs: number): readonly SyncEffect[] {
    peer.statusInFlight = false;
    if ("error" in result) return this.#statusFailed(peer, nowMs);
    peer.statusFailures = 0;
    const [frame] = result.frames;
    try {
      if (frame === undefined) throw new DecodeError("no frame", 0);
      return this.#learn(peer, decodeStatus(frame));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const reason = `status answer: ${error.message}`;
      return [
        { kind: "penalise", peer: peer.id, points: GARBAGE_POINTS, reason },
        { kind: "disconnect", peer: peer.id, reason },
      ];
    }
  }

  #statusFailed(peer: SyncPeer, nowMs: number): readonly SyncEffect[] {
    peer.statusInFlight = false;
    peer.statusFailures++;
    peer.statusDueMs = nowMs + STATUS_RETRY_MS;
    if (peer.statusFailures < MAX_STATUS_FAILURES) return [];
    return [{ kind: "disconnect", peer: peer.id, reason: "answers no status requests" }];
  }

  #learn(peer: SyncPeer, status: Status): readonly SyncEffect[] {
    const { genesisHash } = this.#ownStatus();
    if (status.genesisHash !== genesisHash) {
      return [{ kind: "disconnect", peer: peer.id, reason: `another chain: genesis ${status.genesisHash}` }];
    }
    peer.status = status;
    peer.exhaustedWork = undefined;
    return [];
  }

  #nextWakeMs(nowMs: number): number {
    let next = this.#ledger.nextDeadlineMs();
    for (const peer of this.#peers.values()) {
      if (!peer.statusInFlight) next = Math.min(next, Math.max(peer.statusDueMs, peer.pace.status.readyAtMs(1, nowMs)));
    }
    next = Math.min(next, this.#headers.nextWakeMs(this.#peers.values(), nowMs));
    return Math.min(next, this.#bodies.nextWakeMs(this.#peers.values(), nowMs));
  }
}
