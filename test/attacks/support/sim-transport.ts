import { DecodeError, InputError } from "@forkyard/core/errors";
import { hash256, hashToString } from "@forkyard/core/hash";
import { GARBAGE_POINTS } from "@forkyard/network/limits";
import { ApplicationScores } from "@forkyard/network/scoring";
import type {
  PeerId,
  PeerSummary,
  RequestResult,
  SyncProtocol,
  Topic,
  Transport,
  TransportHandlers,
  Verdict,
} from "@forkyard/network/transport/transport";
import type { VirtualTime } from "./virtual-time.ts";

export interface GivenVerdict {
  readonly from: PeerId;
  readonly topic: Topic;
  readonly verdict: Verdict;
}

export interface Penalty {
  readonly peer: PeerId;
  readonly points: number;
  readonly reason: string;
}

/** What carries messages between transports. */
export interface Medium {
  readonly time: VirtualTime;
  readonly latencyMs: number;
  find(peer: PeerId): SimTransport | undefined;
  /** @returns false when one of them refuses the other */
  connect(a: PeerId, b: PeerId): boolean;
  disconnect(a: PeerId, b: PeerId): void;
}

/** The transport port over a {@link Medium}: gossip floods, requests are answered, scores are the real ones. */
export class SimTransport implements Transport {
  readonly self: PeerId;
  /** Everything that the owner decided about gossip and peers, for tests to look at. */
  readonly verdicts: GivenVerdict[] = [];
  readonly penalties: Penalty[] = [];
  readonly #network: Medium;
  readonly #peers = new Map<PeerId, PeerSummary>();
  readonly #seen = new Set<string>();
  readonly #scores = new ApplicationScores();
  #blocked: ReadonlySet<PeerId> = new Set();
  #handlers: TransportHandlers | undefined;

  constructor(self: PeerId, network: Medium) {
    this.self = self;
    this.#network = network;
  }

  addresses(): readonly string[] {
    return [`/sim/${this.self}`];
  }

  async start(handlers: TransportHandlers): Promise<void> {
    this.#handlers = handlers;
  }

  async stop(): Promise<void> {
    for (const peer of this.#peers.keys()) this.disconnect(peer);
    this.#handlers = undefined;
  }

  publish(topic: Topic, payload: Uint8Array): void {
    this.#seen.add(messageId(payload));
    this.#forward(topic, payload);
  }

  publishAgain(topic: Topic, payload: Uint8Array): void {
    this.publish(topic, payload);
  }

  request(peer: PeerId, protocol: SyncProtocol, request: Uint8Array, done: (result: RequestResult) => void): void {
    this.#later(() => {
      const result = this.#peers.has(peer) ? this.#network.find(peer)?.answer(protocol, this.self, request) : undefined;
      if (result === "silence") return;
      this.#later(() => done(this.#peers.has(peer) && result !== undefined ? result : { error: "not connected" }));
    });
  }

  async dial(address: string): Promise<void> {
    const [, peer] = /^\/sim\/(.+)$/.exec(address) ?? [];
    if (peer === undefined || !this.#network.connect(this.self, peer)) throw new InputError(`${address} not reached`);
  }

  keepConnected(address: string): void {
    void this.dial(address);
  }

  letGo(): void {}

  disconnect(peer: PeerId): void {
    this.#network.disconnect(this.self, peer);
  }

  setBlockedPeers(peers: ReadonlySet<PeerId>): void {
    this.#blocked = peers;
    for (const peer of peers) this.disconnect(peer);
  }

  setLinkConditions(): void {}

  patienceMs(): number {
    return 0;
  }

  peers(): readonly PeerSummary[] {
    return [...this.#peers.values()];
  }

  penalise(peer: PeerId, points: number, reason: string): void {
    this.penalties.push({ peer, points, reason });
    if (this.#scores.penalise(peer, points, this.#nowMs())) this.disconnect(peer);
  }

  /** True while this peer is kept out. */
  refuses(peer: PeerId): boolean {
    return this.#blocked.has(peer) || this.#scores.refused(peer, this.#nowMs());
  }

  linked(peer: PeerId, inbound: boolean): void {
    const known = { id: peer, address: `/sim/${peer}`, inbound, connectedAtMs: this.#nowMs(), score: 0 };
    this.#peers.set(peer, known);
    this.#handlers?.peerConnected(peer);
  }

  unlinked(peer: PeerId): void {
    if (this.#peers.delete(peer)) this.#handlers?.peerDisconnected(peer);
  }

  /** A gossiped message arrives. */
  receive(topic: Topic, from: PeerId, payload: Uint8Array): void {
    const id = messageId(payload);
    if (!this.#peers.has(from) || this.#seen.has(id)) return;
    this.#seen.add(id);
    this.#handlers?.gossip(topic, from, payload, (verdict) => {
      this.verdicts.push({ from, topic, verdict });
      if (verdict === "accept") this.#forward(topic, payload, from);
    });
  }

  /** A request arrives. A peer that throws {@link Silence} does not answer. */
  answer(protocol: SyncProtocol, from: PeerId, request: Uint8Array): RequestResult | "silence" {
    if (this.#handlers === undefined) return { error: "not connected" };
    try {
      return { frames: this.#handlers.request(protocol, from, request) };
    } catch (error) {
      if (error instanceof Silence) return "silence";
      if (!(error instanceof DecodeError)) throw error;
      this.penalise(from, GARBAGE_POINTS, error.message);
      return { error: "refused" };
    }
  }

  #forward(topic: Topic, payload: Uint8Array, except?: PeerId): void {
    for (const peer of this.#peers.keys()) {
      if (peer === except) continue;
      this.#later(() => this.#network.find(peer)?.receive(topic, this.self, payload));
    }
  }

  #later(run: () => void): void {
    this.#network.time.after(this.#network.latencyMs, run);
  }

  #nowMs(): number {
    return this.#network.time.elapsedMs;
  }
}

/** Thrown by a peer's request handler that lets the other side wait. */
export class Silence extends Error {}

function messageId(payload: Uint8Array): string {
  return hashToString(hash256(payload));
}
