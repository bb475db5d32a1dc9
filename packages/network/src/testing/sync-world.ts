import { assert } from "@forkyard/core/errors";
import type { SyncEffect } from "../flows/effects.ts";
import { serveBlocks } from "../flows/serve-blocks.ts";
import { serveHeaders } from "../flows/serve-headers.ts";
import { serveStatus } from "../flows/serve-status.ts";
import { SyncFlow, type SyncPace } from "../flows/sync-flow.ts";
import type { PeerId, RequestResult, SyncProtocol } from "../transport/transport.ts";
import { decodeGetBlocks } from "../wire/get-blocks.ts";
import { FakeChain } from "./fake-chain.ts";

/** How a peer answers: frames now, an error, or never. */
export type Behaviour = (protocol: SyncProtocol, payload: Uint8Array) => RequestResult | "silence";

/** A peer that serves its chain as it should. */
export function honest(chain: FakeChain): Behaviour {
  return (protocol, payload) => {
    if (protocol === "status") return { frames: serveStatus(payload, chain.status()) };
    if (protocol === "headers") return { frames: serveHeaders(payload, chain) };
    return { frames: serveBlocks(payload, chain) };
  };
}

interface Happening {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => readonly SyncEffect[];
}

/** A flow among peers in virtual time: performs its effects, in order of time, and watches its bounds. */
export class SyncWorld {
  readonly chain: FakeChain;
  readonly flow: SyncFlow;
  nowMs = 0;
  requests = 0;
  readonly points = new Map<PeerId, number>();
  readonly dropped = new Set<PeerId>();
  /** Most blocks that one peer owed at a time, and all together. */
  mostOwedByPeer = 0;
  mostOwed = 0;
  /** Delay of every answer. */
  latencyMs = 5;
  /** What the owner does with a block; default: stores it. */
  take: (effect: Extract<SyncEffect, { kind: "block" }>) => readonly SyncEffect[] = (effect) => {
    this.chain.store(effect.hash);
    return [];
  };
  readonly #peers = new Map<PeerId, Behaviour>();
  readonly #owed = new Map<PeerId, number>();
  #happenings: Happening[] = [];
  #order = 0;
  #lastWake = 0;

  constructor(chain: FakeChain = new FakeChain(), pace: SyncPace = {}) {
    this.chain = chain;
    this.flow = new SyncFlow(chain, () => chain.status(), pace);
  }

  connect(peer: PeerId, behaviour: Behaviour): void {
    this.#peers.set(peer, behaviour);
    this.perform(this.flow.peerConnected(peer, this.nowMs));
  }

  disconnect(peer: PeerId): void {
    this.#peers.delete(peer);
    this.#owed.delete(peer);
    this.perform(this.flow.peerDisconnected(peer, this.nowMs));
  }

  perform(effects: readonly SyncEffect[]): void {
    for (const effect of effects) this.#perform(effect);
  }

  /** Lets time pass until the condition holds; false when it does not within the time. */
  run(forMs: number, until: () => boolean = () => false): boolean {
    const endMs = this.nowMs + forMs;
    while (!until()) {
      const next = this.#takeNext();
      if (next === undefined || next.atMs > endMs) {
        if (next !== undefined) this.#happenings.push(next);
        this.nowMs = endMs;
        return until();
      }
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.perform(next.run());
    }
    return true;
  }

  #perform(effect: SyncEffect): void {
    if (effect.kind === "request") this.#request(effect);
    else if (effect.kind === "block") this.perform(this.take(effect));
    else if (effect.kind === "wake") this.#wake(effect.atMs);
    else if (effect.kind === "penalise") {
      this.points.set(effect.peer, (this.points.get(effect.peer) ?? 0) + effect.points);
    } else {
      this.dropped.add(effect.peer);
      this.disconnect(effect.peer);
    }
  }

  #request({ peer, protocol, payload, requestId }: Extract<SyncEffect, { kind: "request" }>): void {
    this.requests++;
    const behaviour = this.#peers.get(peer);
    const count = protocol === "blocks" ? decodeGetBlocks(payload).length : 0;
    this.#owe(peer, count);
    const result = behaviour === undefined ? { error: "not connected" } : behaviour(protocol, payload);
    if (result === "silence") return;
    this.#at(this.nowMs + this.latencyMs, () => {
      this.#owe(peer, -count);
      return this.flow.response(requestId, result, this.nowMs);
    });
  }

  /** A later wake-up replaces an earlier one. */
  #wake(atMs: number): void {
    assert(atMs > this.nowMs, "a wake-up that is due already would come again and again");
    const wake = ++this.#lastWake;
    this.#at(atMs, () => (wake === this.#lastWake ? this.flow.tick(this.nowMs) : []));
  }

  #owe(peer: PeerId, change: number): void {
    this.#owed.set(peer, (this.#owed.get(peer) ?? 0) + change);
    this.mostOwedByPeer = Math.max(this.mostOwedByPeer, this.#owed.get(peer) ?? 0);
    this.mostOwed = Math.max(
      this.mostOwed,
      [...this.#owed.values()].reduce((sum, owed) => sum + owed, 0),
    );
  }

  #at(atMs: number, run: () => readonly SyncEffect[]): void {
    this.#happenings.push({ atMs, order: this.#order++, run });
  }

  #takeNext(): Happening | undefined {
    this.#happenings.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
    return this.#happenings.shift();
  }
}
