import type { PeerId } from "../transport/transport.ts";
import type { OpenRequest } from "./effects.ts";

/** How much longer than usual a peer may take to answer, milliseconds. */
export type Patience = (peer: PeerId) => number;
export const NO_PATIENCE: Patience = () => 0;

/**
 * Requests under way. An id is consumed by its first answer, by its deadline or with its peer: whatever comes later is
 * nobody's (CVE-2024-35202).
 */
export class RequestLedger<Detail> {
  readonly #open = new Map<number, OpenRequest<Detail>>();
  readonly #patienceMs: Patience;
  #nextId = 1;

  constructor(patienceMs: Patience) {
    this.#patienceMs = patienceMs;
  }

  /** @param deadlineMs over an ordinary link */
  add(peer: PeerId, deadlineMs: number, detail: Detail): number {
    const requestId = this.#nextId++;
    this.#open.set(requestId, { requestId, peer, deadlineMs: deadlineMs + this.#patienceMs(peer), detail });
    return requestId;
  }

  take(requestId: number): OpenRequest<Detail> | undefined {
    const request = this.#open.get(requestId);
    this.#open.delete(requestId);
    return request;
  }

  /** Removes and returns those whose deadline has come. */
  takeExpired(nowMs: number): readonly OpenRequest<Detail>[] {
    return this.#takeAll((request) => request.deadlineMs <= nowMs);
  }

  takeOf(peer: PeerId): readonly OpenRequest<Detail>[] {
    return this.#takeAll((request) => request.peer === peer);
  }

  /** Infinity when nothing is under way. */
  nextDeadlineMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const request of this.#open.values()) next = Math.min(next, request.deadlineMs);
    return next;
  }

  values(): Iterable<OpenRequest<Detail>> {
    return this.#open.values();
  }

  #takeAll(which: (request: OpenRequest<Detail>) => boolean): readonly OpenRequest<Detail>[] {
    const taken = [...this.#open.values()].filter(which);
    for (const request of taken) this.#open.delete(request.requestId);
    return taken;
  }
}
