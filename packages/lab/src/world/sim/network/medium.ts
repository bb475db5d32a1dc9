import type { LinkConditions } from "@forkyard/network/link-conditions";
import type { PeerId, RequestResult, SyncProtocol, Topic } from "@forkyard/network/transport/transport";
import type { VirtualTime } from "../time/virtual-time.ts";
import type { GossipMessage } from "./gossip-message.ts";

/** What becomes of a message. */
export interface Delivery {
  readonly arrived: () => void;
  /** The connection was broken before it arrived, or there was none. Never called before `send` returns. */
  readonly lost?: () => void;
}

/** One who takes part in the network: a node's transport. */
export interface Member {
  readonly self: PeerId;
  /** True while this peer is kept out. */
  refuses(peer: PeerId): boolean;
  linked(peer: PeerId, inbound: boolean): void;
  unlinked(peer: PeerId): void;
  /** A gossiped message arrives. */
  receive(message: GossipMessage, from: PeerId): void;
  /** A request arrives. */
  answer(protocol: SyncProtocol, from: PeerId, request: Uint8Array): RequestResult;
}

/** What lies between transports. */
export interface Medium {
  readonly time: VirtualTime;
  readonly messages: { of(topic: Topic, payload: Uint8Array): GossipMessage };
  find(peer: PeerId): Member | undefined;
  join(member: Member): void;
  leave(member: Member): void;
  /** Connects now if the link allows it. */
  dial(from: PeerId, to: PeerId): boolean;
  /** One end breaks the connection off. */
  drop(from: PeerId, to: PeerId): void;
  /** How the link between two is now. */
  conditions(from: PeerId, to: PeerId): LinkConditions | undefined;
  send(from: PeerId, to: PeerId, bytes: number, delivery: Delivery): void;
}
