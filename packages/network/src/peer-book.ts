import { InputError } from "@forkyard/core/errors";
import { DIAL_STAGGER_MS, MAX_STATIC_PEERS, REDIAL_FACTOR, REDIAL_FIRST_MS, REDIAL_MAX_MS } from "./limits.ts";
import type { PeerId } from "./transport/transport.ts";

interface StaticPeer {
  readonly address: string;
  /** From the address, or learnt when it first answered. */
  peerId: PeerId | undefined;
  connected: boolean;
  dialling: boolean;
  waitMs: number;
  nextDialMs: number;
}

/** The peers to stay connected with, and when to dial each of them again: soon at first, then less and less often. */
export class PeerBook {
  readonly #self: PeerId;
  #peers: readonly StaticPeer[];

  /** @throws InputError for too many addresses. */
  constructor(self: PeerId, addresses: readonly string[]) {
    if (addresses.length > MAX_STATIC_PEERS) {
      throw new InputError(`${addresses.length} static peers: at most ${MAX_STATIC_PEERS} are possible`);
    }
    this.#self = self;
    this.#peers = [...new Set(addresses)].filter((address) => peerIdInAddress(address) !== self).map(staticPeer);
  }

  /** One more peer to stay connected with, dialled at once. @throws InputError when there are too many */
  add(address: string, nowMs: number): void {
    if (this.#peers.some((peer) => peer.address === address) || peerIdInAddress(address) === this.#self) return;
    if (this.#peers.length >= MAX_STATIC_PEERS) {
      throw new InputError(`there are ${MAX_STATIC_PEERS} static peers already: remove one first`);
    }
    const peer = staticPeer(address);
    this.#soon(peer, nowMs);
    this.#peers = [...this.#peers, peer];
  }

  /** Is not dialled any more; a connection that is open stays. */
  remove(address: string): void {
    this.#peers = this.#peers.filter((peer) => peer.address !== address);
  }

  /** Schedules the first dials. */
  start(nowMs: number): void {
    for (const peer of this.#peers) this.#soon(peer, nowMs);
  }

  /** Addresses to dial now, blocked peers left out; each is taken until `dialEnded`. */
  takeDue(nowMs: number, blocked: ReadonlySet<PeerId>): readonly string[] {
    const due = this.#peers.filter((peer) => idle(peer) && peer.nextDialMs <= nowMs && !isBlocked(peer, blocked));
    for (const peer of due) peer.dialling = true;
    return due.map((peer) => peer.address);
  }

  /**
   * The wait before the next try grows, until {@link connected} says that the peer is one of ours.
   * @param peerId who answered; undefined when nobody did.
   */
  dialEnded(address: string, peerId: PeerId | undefined, nowMs: number): void {
    const peer = this.#peers.find((known) => known.address === address);
    if (peer === undefined) return;
    peer.dialling = false;
    peer.peerId ??= peerId;
    peer.nextDialMs = nowMs + peer.waitMs;
    peer.waitMs = Math.min(REDIAL_MAX_MS, peer.waitMs * REDIAL_FACTOR);
  }

  /** A connection with the peer is up, whoever dialled. */
  connected(peerId: PeerId): void {
    for (const peer of this.#of(peerId)) {
      peer.connected = true;
      peer.waitMs = REDIAL_FIRST_MS;
    }
  }

  disconnected(peerId: PeerId, nowMs: number): void {
    for (const peer of this.#of(peerId)) {
      peer.connected = false;
      peer.nextDialMs = nowMs + peer.waitMs;
    }
  }

  /** We closed the connection ourselves: no hurry to make it again. */
  rest(peerId: PeerId): void {
    for (const peer of this.#of(peerId)) peer.waitMs = REDIAL_MAX_MS;
  }

  /** Forgets the backoff of these peers: they are reachable again. */
  retryNow(peerIds: Iterable<PeerId>, nowMs: number): void {
    for (const peerId of peerIds) for (const peer of this.#of(peerId)) this.#soon(peer, nowMs);
  }

  /** When the next dial is due; Infinity when none is. */
  nextDueMs(blocked: ReadonlySet<PeerId>): number {
    let next = Number.POSITIVE_INFINITY;
    for (const peer of this.#peers) {
      if (idle(peer) && !isBlocked(peer, blocked)) next = Math.min(next, peer.nextDialMs);
    }
    return next;
  }

  /** At once; the larger id lets the smaller one dial first, so that two peers seldom connect twice. */
  #soon(peer: StaticPeer, nowMs: number): void {
    peer.waitMs = REDIAL_FIRST_MS;
    peer.nextDialMs = nowMs + (peer.peerId !== undefined && this.#self > peer.peerId ? DIAL_STAGGER_MS : 0);
  }

  #of(peerId: PeerId): readonly StaticPeer[] {
    return this.#peers.filter((peer) => peer.peerId === peerId);
  }
}

/** The peer id at the end of a multiaddress, if it has one. */
export function peerIdInAddress(address: string): PeerId | undefined {
  return /\/p2p\/([^/]+)$/.exec(address)?.[1];
}

function staticPeer(address: string): StaticPeer {
  return {
    address,
    peerId: peerIdInAddress(address),
    connected: false,
    dialling: false,
    waitMs: REDIAL_FIRST_MS,
    nextDialMs: 0,
  };
}

function idle(peer: StaticPeer): boolean {
  return !peer.connected && !peer.dialling;
}

function isBlocked(peer: StaticPeer, blocked: ReadonlySet<PeerId>): boolean {
  return peer.peerId !== undefined && blocked.has(peer.peerId);
}
