import { DecodeError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { BlockHeader } from "@forkyard/core/header";
import {
  GARBAGE_POINTS,
  HEADERS_RETRY_MS,
  HEADERS_STALL_MS,
  HEADERS_TIMEOUT_MS,
  MAX_HEADERS_FAILURES,
  MAX_HEADERS_PER_MESSAGE,
  MAX_LOCATOR_HASHES,
  MAX_LOW_WORK_HEADERS,
  MAX_OVERCLAIMS,
  MAX_UNCONNECTING_ANSWERS,
  STALL_POINTS,
} from "../limits.ts";
import { headerErrorPoints } from "../scoring.ts";
import type { RequestResult } from "../transport/transport.ts";
import { encodeGetHeaders } from "../wire/get-headers.ts";
import { decodeHeaders } from "../wire/headers.ts";
import type { SyncEffect } from "./effects.ts";
import { HeaderPresync } from "./header-presync.ts";
import type { RequestLedger } from "./request-ledger.ts";
import type { SyncPeer } from "./sync-peer.ts";
import type { SyncRequest } from "./sync-request.ts";
import type { HeadersOutcome, SyncChainView } from "./sync-view.ts";

/**
 * Headers first: asks the peer that claims most work for the headers after our locator until it has no more, and any
 * peer whose announcement did not connect. Every answer moves the peer's state on or costs it, so there is no loop
 * without progress.
 */
export class HeaderDownload {
  readonly #view: SyncChainView;
  readonly #ledger: RequestLedger<SyncRequest>;

  constructor(view: SyncChainView, ledger: RequestLedger<SyncRequest>) {
    this.#view = view;
    this.#ledger = ledger;
  }

  /** True while some peer's headers would, by its own claim, make a better chain than ours. */
  behind(peers: Iterable<SyncPeer>): boolean {
    for (const peer of peers) if (this.#claimsMore(peer)) return true;
    return false;
  }

  schedule(peers: ReadonlyMap<string, SyncPeer>, nowMs: number): readonly SyncEffect[] {
    const all = [...peers.values()];
    const free = all.filter((peer) => !peer.headersInFlight && peer.headersRestUntilMs <= nowMs);
    const asked = free.filter((peer) => peer.headersWanted);
    // Nobody waits for a chain that may turn out to be worth nothing.
    const waiting = all.some(
      (peer) => peer.presync === undefined && this.#claimsMore(peer) && stallsAtMs(peer) > nowMs,
    );
    const best = waiting ? undefined : this.#bestPeer(free);
    if (best !== undefined && !asked.includes(best)) asked.push(best);
    return asked.flatMap((peer) => this.#request(peer, nowMs));
  }

  /** When a peer that rests or is paced may be asked: Infinity when there is none. */
  nextWakeMs(peers: Iterable<SyncPeer>, nowMs: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const peer of peers) {
      if (stallsAtMs(peer) > nowMs) next = Math.min(next, stallsAtMs(peer));
      if (peer.headersInFlight || !(peer.headersWanted || this.#claimsMore(peer))) continue;
      const atMs = Math.max(peer.headersRestUntilMs, peer.pace.headers.readyAtMs(1, nowMs));
      // One that may be asked now but was not waits for an event, not for time.
      if (atMs > nowMs) next = Math.min(next, atMs);
    }
    return next;
  }

  /** Takes the answer to a headers request. */
  answered(peer: SyncPeer, result: RequestResult, nowMs: number): readonly SyncEffect[] {
    peer.headersInFlight = false;
    if ("error" in result) return this.#failed(peer, nowMs);
    peer.headersFailures = 0;
    const [frame] = result.frames;
    if (frame === undefined || result.frames.length > 1)
      return drop(peer, GARBAGE_POINTS, "headers answer without one frame");
    try {
      const headers = decodeHeaders(frame);
      if (headers.length === 0) return this.#ended(peer);
      return this.#take(peer, headers);
    } catch (error) {
      if (error instanceof DecodeError) return drop(peer, GARBAGE_POINTS, `headers answer: ${error.message}`);
      throw error;
    }
  }

  /** No answer in time. */
  timedOut(peer: SyncPeer, nowMs: number): readonly SyncEffect[] {
    const penalty: SyncEffect = { kind: "penalise", peer: peer.id, points: STALL_POINTS, reason: "no headers in time" };
    return [penalty, ...this.#failed(peer, nowMs)];
  }

  /** No answer: another peer gets its turn, this one may try again after a rest. A broken link is nobody's fault. */
  #failed(peer: SyncPeer, nowMs: number): readonly SyncEffect[] {
    peer.headersInFlight = false;
    peer.headersFrom = undefined;
    peer.presync = undefined;
    peer.headersFailures++;
    peer.headersRestUntilMs = nowMs + HEADERS_RETRY_MS;
    if (peer.headersFailures < MAX_HEADERS_FAILURES) return [];
    return [{ kind: "disconnect", peer: peer.id, reason: "answers no headers requests" }];
  }

  #take(peer: SyncPeer, headers: readonly BlockHeader[]): readonly SyncEffect[] {
    const parent = headers[0]?.prevHash as BlockHash;
    if (peer.presync !== undefined && peer.presync.from !== parent) peer.presync = undefined;
    if (peer.presync?.storing === true) return this.#storeAgain(peer, peer.presync, headers);
    const parentWork = this.#view.headerWork(parent);
    // What goes on from a chain that is worth having, or from nothing we know, is looked at at once.
    const known = peer.presync === undefined && (parentWork === undefined || parentWork >= this.#view.leastWork());
    if (known) return this.#store(peer, headers);
    const shown = this.#view.provenWork(headers);
    if (shown === undefined) return drop(peer, GARBAGE_POINTS, "headers without order or proof of work");
    const presync = peer.presync ?? new HeaderPresync(parent, parentWork ?? 0n);
    if (peer.presync === undefined && presync.work + shown >= this.#view.leastWork()) return this.#store(peer, headers);
    return this.#count(peer, presync, headers, shown);
  }

  /** First pass over a chain that has too little work so far: nothing of it is stored. */
  #count(
    peer: SyncPeer,
    presync: HeaderPresync,
    headers: readonly BlockHeader[],
    shown: bigint,
  ): readonly SyncEffect[] {
    if (!presync.count(headers, shown)) return drop(peer, GARBAGE_POINTS, "too many headers with too little work");
    const enough = presync.work >= this.#view.leastWork();
    if (!enough && headers.length < MAX_HEADERS_PER_MESSAGE) return this.#ended(peer);
    if (enough) presync.startStoring();
    peer.presync = presync;
    peer.headersWanted = true;
    return [];
  }

  /** Second pass: what was counted comes again, and is stored. */
  #storeAgain(peer: SyncPeer, presync: HeaderPresync, headers: readonly BlockHeader[]): readonly SyncEffect[] {
    if (!presync.confirm(headers)) return drop(peer, GARBAGE_POINTS, "other headers than the first time");
    if (presync.done) peer.presync = undefined;
    return this.#store(peer, headers);
  }

  #store(peer: SyncPeer, headers: readonly BlockHeader[]): readonly SyncEffect[] {
    const before = this.#view.bestHeaderWork();
    const outcome = this.#view.acceptHeaders(headers, peer.id);
    return this.#judge(peer, headers.length, outcome, this.#view.bestHeaderWork() > before);
  }

  #judge(peer: SyncPeer, count: number, outcome: HeadersOutcome, moreWork: boolean): readonly SyncEffect[] {
    if (outcome.unconnected === true) return this.#unconnected(peer);
    if (outcome.error !== undefined) return this.#invalid(peer, outcome);
    peer.unconnectingAnswers = 0;
    peer.lowWorkHeaders = moreWork || peer.presync !== undefined ? 0 : peer.lowWorkHeaders + count;
    if (peer.lowWorkHeaders > MAX_LOW_WORK_HEADERS) {
      return drop(peer, GARBAGE_POINTS, `${peer.lowWorkHeaders} headers without a better chain`);
    }
    const { lastHash } = outcome;
    if (lastHash !== undefined && lastHash === this.#view.locator()[0]) peer.shownWork = this.#view.bestHeaderWork();
    const full = count === MAX_HEADERS_PER_MESSAGE;
    if (!full || lastHash === undefined || lastHash === peer.headersFrom) return this.#ended(peer);
    peer.headersFrom = lastHash;
    peer.headersWanted = true;
    return [];
  }

  #unconnected(peer: SyncPeer): readonly SyncEffect[] {
    peer.unconnectingAnswers++;
    if (peer.unconnectingAnswers >= MAX_UNCONNECTING_ANSWERS) {
      return drop(peer, GARBAGE_POINTS, "headers that connect to nothing");
    }
    const effects = this.#ended(peer);
    return [{ kind: "penalise", peer: peer.id, points: STALL_POINTS, reason: "unconnected headers" }, ...effects];
  }

  #invalid(peer: SyncPeer, outcome: HeadersOutcome): readonly SyncEffect[] {
    const code = outcome.error?.code ?? "";
    const points = headerErrorPoints(code);
    if (points > 0) return drop(peer, points, `invalid header: ${code}`);
    peer.headersFrom = undefined;
    peer.exhaustedWork = peer.status?.chainWork;
    return [];
  }

  /** The peer has no more headers for us. If it still claims more work, the claim is stale or a lie. */
  #ended(peer: SyncPeer): readonly SyncEffect[] {
    peer.headersFrom = undefined;
    peer.presync = undefined;
    if (!this.#claimsMore(peer)) {
      peer.overclaims = 0;
      return [];
    }
    peer.overclaims++;
    peer.exhaustedWork = peer.status?.chainWork;
    if (peer.overclaims < MAX_OVERCLAIMS) return [];
    return drop(peer, GARBAGE_POINTS, "claims more work than it shows");
  }

  /**
   * The peer claims a chain worth having whose headers we lack: heavier than our best headers, or heavier than our tip,
   * since the bodies of the best headers may never come.
   */
  #claimsMore({ status, exhaustedWork }: SyncPeer): boolean {
    if (status === undefined || status.chainWork === exhaustedWork) return false;
    if (status.chainWork > this.#view.bestHeaderWork()) return true;
    return status.chainWork > this.#view.tipWork() && !this.#view.hasHeader(status.tip);
  }

  /** Of the peers whose headers we lack, the one that failed least, and then the one that claims most work. */
  #bestPeer(peers: readonly SyncPeer[]): SyncPeer | undefined {
    const [best] = peers
      .filter((peer) => this.#claimsMore(peer))
      .toSorted((a, b) => a.headersFailures - b.headersFailures || (work(a) < work(b) ? 1 : -1));
    return best;
  }

  #request(peer: SyncPeer, nowMs: number): readonly SyncEffect[] {
    if (!peer.pace.headers.take(1, nowMs)) return [];
    peer.headersInFlight = true;
    peer.headersAskedMs = nowMs;
    peer.headersWanted = false;
    const requestId = this.#ledger.add(peer.id, nowMs + HEADERS_TIMEOUT_MS, { protocol: "headers" });
    const payload = encodeGetHeaders({ locator: this.#locator(peer) });
    return [{ kind: "request", peer: peer.id, protocol: "headers", payload, requestId }];
  }

  /** A branch that is not yet the best, or not even stored, is not in the view's locator: its last header goes first. */
  #locator({ presync, headersFrom }: SyncPeer): readonly BlockHash[] {
    const own = this.#view.locator();
    const stored = headersFrom === undefined || !this.#view.hasHeader(headersFrom) ? undefined : headersFrom;
    const from = presync?.from ?? stored;
    const locator = from === undefined ? own : [from, ...own];
    if (locator.length <= MAX_LOCATOR_HASHES) return locator;
    // The genesis hash, last, is what always connects.
    return [...locator.slice(0, MAX_LOCATOR_HASHES - 1), ...locator.slice(-1)];
  }
}

/** Until when the answer is waited for before another peer is asked beside this one; 0 when none is under way. */
function stallsAtMs(peer: SyncPeer): number {
  return peer.headersInFlight ? peer.headersAskedMs + HEADERS_STALL_MS : 0;
}

function work(peer: SyncPeer): bigint {
  return peer.status?.chainWork ?? 0n;
}

function drop(peer: SyncPeer, points: number, reason: string): readonly SyncEffect[] {
  return [
    { kind: "penalise", peer: peer.id, points, reason },
    { kind: "disconnect", peer: peer.id, reason },
  ];
}
