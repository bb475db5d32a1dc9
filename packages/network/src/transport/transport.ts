import type { LinkConditions } from "../link-conditions.ts";

/** The port between the node and the network: libp2p implements it for real, the simulator in virtual time. */

/** Text form of a libp2p peer id. */
export type PeerId = string;
export type Topic = "blocks" | "txs";
export type SyncProtocol = "status" | "headers" | "blocks" | "txs" | "mempool";
/**
 * What becomes of a gossiped message: `accept` forwards it, `reject` blames the peers that sent it, `ignore` does
 * neither (a duplicate, an unknown parent, our own trouble: what an honest peer may have sent).
 */
export type Verdict = "accept" | "reject" | "ignore";

export interface PeerSummary {
  readonly id: PeerId;
  /** Multiaddress of the connection's far end. */
  readonly address: string;
  readonly inbound: boolean;
  readonly connectedAtMs: number;
  /** Gossip score, penalties included: 0 is neutral. */
  readonly score: number;
  /** Round trip of the last ping. */
  readonly latencyMs?: number;
}

/** Frames of an answer, or why there is none. */
export type RequestResult = { readonly frames: readonly Uint8Array[] } | { readonly error: string };

export interface TransportHandlers {
  /** The peer speaks our chain's protocols and gossip with it is set up: what is published from now on reaches it. */
  peerConnected(peer: PeerId): void;
  peerDisconnected(peer: PeerId): void;
  /** A new message of a topic. `verdict` is to be called once; unanswered ones count as `ignore` after a time limit. */
  gossip(topic: Topic, from: PeerId, payload: Uint8Array, verdict: (verdict: Verdict) => void): void;
  /** Answers a peer's request at once with the frames to send. A thrown DecodeError penalises the peer. */
  request(protocol: SyncProtocol, from: PeerId, request: Uint8Array): readonly Uint8Array[];
}

export interface Transport {
  readonly self: PeerId;
  /** Where others can dial us: multiaddresses that end in our peer id. Empty before `start`. */
  addresses(): readonly string[];
  /** @throws InputError when the port is taken. */
  start(handlers: TransportHandlers): Promise<void>;
  stop(): Promise<void>;
  /** Sends to all peers of the topic; never fails, not even without peers. */
  publish(topic: Topic, payload: Uint8Array): void;
  /** The same for what may have been announced before, to peers who were not reached then. */
  publishAgain(topic: Topic, payload: Uint8Array): void;
  /** `done` is called exactly once, never before this call returns. */
  request(peer: PeerId, protocol: SyncProtocol, request: Uint8Array, done: (result: RequestResult) => void): void;
  /** Connects to a multiaddress once. @throws InputError when it is malformed or nobody answers. */
  dial(address: string): Promise<void>;
  /** Stays connected with this multiaddr from now on, redialling. @throws InputError when it is malformed or one too many. */
  keepConnected(address: string): void;
  /** Does not redial it any more; an open connection stays. */
  letGo(address: string): void;
  disconnect(peer: PeerId): void;
  /**
   * Partition without privileges: links to these peers are cut and refused both ways until another call leaves them
   * out; static peers that become free are dialled at once.
   */
  setBlockedPeers(peers: ReadonlySet<PeerId>): void;
  /** Slows links down: how each behaves from now on, away from us. Peers that are not named have ordinary links. */
  setLinkConditions(conditions: ReadonlyMap<PeerId, LinkConditions>): void;
  /** How much longer requests to a peer may take than over an ordinary link, milliseconds. */
  patienceMs(peer: PeerId): number;
  peers(): readonly PeerSummary[];
  /** Lowers the peer's score; far enough down it is disconnected and refused for a while. */
  penalise(peer: PeerId, points: number, reason: string): void;
}
