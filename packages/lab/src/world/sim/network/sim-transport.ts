import { DecodeError, InputError } from "@forkyard/core/errors";
import { GARBAGE_POINTS } from "@forkyard/network/limits";
import { patienceMs } from "@forkyard/network/link-patience";
import { ApplicationScores } from "@forkyard/network/scoring";
import type {
  PeerId,
  PeerSummary,
  RequestResult,
  SyncProtocol,
  Topic,
  Transport,
  TransportHandlers,
} from "@forkyard/network/transport/transport";
import type { GossipMessage } from "./gossip-message.ts";
import type { Medium, Member } from "./medium.ts";

/** How long a message that was seen is not taken again, as in gossipsub's settings here. */
const SEEN_TTL_US = 600_000_000;
/** What a message weighs besides its payload. */
const MESSAGE_OVERHEAD_BYTES = 60;

/**
 * A node's end of the simulated network. Gossip floods over all links to whoever has not sent the message itself,
 * forwarded only once the node has accepted it; requests are answered; scores are the real ones.
 */
export class SimTransport implements Transport, Member {
  readonly self: PeerId;
  readonly #network: Medium;
  readonly #peers = new Map<PeerId, PeerSummary>();
  readonly #scores = new ApplicationScores();
  #seen = new Set<number>();
  #seenBefore = new Set<number>();
  #seenSinceUs = 0;
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
    this.startNow(handlers);
  }

  /** The same, at once. */
  startNow(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    this.#network.join(this);
  }

  async stop(): Promise<void> {
    this.stopNow();
  }

  /** The same, at once. The node's own handlers hear of no peer that is lost by it. */
  stopNow(): void {
    this.#handlers = undefined;
    this.#network.leave(this);
  }

  publish(topic: Topic, payload: Uint8Array): void {
    const message = this.#network.messages.of(topic, payload);
    this.#note(message);
    this.#forward(message, undefined);
  }

  publishAgain(topic: Topic, payload: Uint8Array): void {
    this.publish(topic, payload);
  }

  request(peer: PeerId, protocol: SyncProtocol, request: Uint8Array, done: (result: RequestResult) => void): void {
    const fail = (): void => done({ error: "not connected" });
    this.#network.send(this.self, peer, request.length + MESSAGE_OVERHEAD_BYTES, {
      lost: fail,
      arrived: () => {
        const answerer = this.#network.find(peer);
        const result = answerer?.answer(protocol, this.self, request) ?? { error: "not connected" };
        const bytes = "frames" in result ? result.frames.reduce((sum, frame) => sum + frame.length, 0) : 0;
        this.#network.send(peer, this.self, bytes + MESSAGE_OVERHEAD_BYTES, {
          lost: fail,
          arrived: () => done(result),
        });
      },
    });
  }

  async dial(address: string): Promise<void> {
    if (!this.#network.dial(this.self, peerOf(address))) throw new InputError(`${address} was not reached`);
  }

  keepConnected(address: string): void {
    this.#network.dial(this.self, peerOf(address));
  }

  letGo(): void {}

  disconnect(peer: PeerId): void {
    this.#network.drop(this.self, peer);
  }

  setBlockedPeers(peers: ReadonlySet<PeerId>): void {
    this.#blocked = peers;
    for (const peer of peers) this.disconnect(peer);
  }

  /** Links of a simulated network have conditions of their own. */
  setLinkConditions(): void {}

  patienceMs(peer: PeerId): number {
    return patienceMs(this.#network.conditions(this.self, peer));
  }

  peers(): readonly PeerSummary[] {
    return [...this.#peers.values()];
  }

  penalise(peer: PeerId, points: number, _reason: string): void {
    if (this.#scores.penalise(peer, points, this.#network.time.nowMs)) this.disconnect(peer);
  }

  /** True while this peer is kept out. */
  refuses(peer: PeerId): boolean {
    return this.#blocked.has(peer) || this.#scores.refused(peer, this.#network.time.nowMs);
  }

  linked(peer: PeerId, inbound: boolean): void {
    const connectedAtMs = this.#network.time.nowMs;
    this.#peers.set(peer, { id: peer, address: `/sim/${peer}`, inbound, connectedAtMs, score: 0 });
    this.#handlers?.peerConnected(peer);
  }

  unlinked(peer: PeerId): void {
    if (this.#peers.delete(peer)) this.#handlers?.peerDisconnected(peer);
  }

  /** A gossiped message arrives. */
  receive(message: GossipMessage, from: PeerId): void {
    if (this.#handlers === undefined || !this.#note(message)) return;
    this.#handlers.gossip(message.topic, from, message.payload, (verdict) => {
      if (verdict === "accept") this.#forward(message, from);
    });
  }

  /** A request arrives. */
  answer(protocol: SyncProtocol, from: PeerId, request: Uint8Array): RequestResult {
    if (this.#handlers === undefined) return { error: "not connected" };
    try {
      return { frames: this.#handlers.request(protocol, from, request) };
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.penalise(from, GARBAGE_POINTS, error.message);
      return { error: "refused" };
    }
  }

  /** Remembers a message for a while; false when it was known. */
  #note({ id }: GossipMessage): boolean {
    const { nowUs } = this.#network.time;
    if (nowUs - this.#seenSinceUs > SEEN_TTL_US) {
      this.#seenBefore = nowUs - this.#seenSinceUs > 2 * SEEN_TTL_US ? new Set() : this.#seen;
      this.#seen = new Set();
      this.#seenSinceUs = nowUs;
    }
    if (this.#seen.has(id) || this.#seenBefore.has(id)) return false;
    this.#seen.add(id);
    return true;
  }

  #forward(message: GossipMessage, except: PeerId | undefined): void {
    const bytes = message.payload.length + MESSAGE_OVERHEAD_BYTES;
    for (const peer of this.#peers.keys()) {
      if (peer === except) continue;
      this.#network.send(this.self, peer, bytes, {
        arrived: () => this.#network.find(peer)?.receive(message, this.self),
      });
    }
  }
}

function peerOf(address: string): PeerId {
  const [, peer] = /^\/sim\/(.+)$/.exec(address) ?? [];
  if (peer === undefined) throw new InputError(`${JSON.stringify(address)} is no address in a simulated network`);
  return peer;
}
