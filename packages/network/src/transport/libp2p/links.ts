import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { Log } from "@forkyard/core/ports/log";
import type { Connection } from "@libp2p/interface";
import {
  GOSSIP_REPAIR_INTERVAL_MS,
  GOSSIP_SETUP_POLL_MS,
  GOSSIP_SETUP_TIMEOUT_MS,
  IDENTIFY_TIMEOUT_MS,
} from "../../limits.ts";
import type { PeerId } from "../transport.ts";
import type { Gossip } from "./gossip.ts";
import type { Libp2pNode } from "./libp2p-node.ts";

interface Link {
  /** Cancels the timer of the step that the link is in. */
  cancel: () => void;
  identified: boolean;
  announcedAtMs: number | undefined;
  /** Looks at the link in a row that found no gossip stream. */
  mute: number;
}

interface LinkPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly denied: (peer: PeerId) => boolean;
  /** A stream protocol that every node of our chain speaks. */
  readonly chainProtocol: string;
  /** How much longer than usual a peer may take. */
  readonly patienceMs: (peer: PeerId) => number;
  readonly up: (peer: PeerId) => void;
  /** @param announced whether `up` was called for this link. */
  readonly down: (peer: PeerId, announced: boolean) => void;
}

/** Looks without a gossip stream before a link is given up. */
const MAX_MUTE_LOOKS = 2;

/**
 * Peers from the first connection to the last: open, then identified as one of our chain, then gossiping, and only then
 * announced. A peer of another chain is never announced.
 */
export class Links {
  readonly #node: Libp2pNode;
  readonly #gossip: Gossip;
  readonly #ports: LinkPorts;
  readonly #links = new Map<PeerId, Link>();
  #cancelRepair: () => void = () => {};

  constructor(node: Libp2pNode, gossip: Gossip, ports: LinkPorts) {
    this.#node = node;
    this.#gossip = gossip;
    this.#ports = ports;
  }

  start(): void {
    this.#node.addEventListener("connection:open", (event) => this.#opened(event.detail));
    this.#node.addEventListener("peer:identify", (event) => {
      this.#identified(event.detail.peerId.toString(), event.detail.protocols);
    });
    this.#node.addEventListener("peer:disconnect", (event) => this.#closed(event.detail.toString()));
    this.#repairLater();
  }

  stop(): void {
    this.#cancelRepair();
    for (const peer of this.#links.keys()) this.cut(peer, "stopping");
  }

  /** Announced peers with the time when they were. */
  announced(): ReadonlyMap<PeerId, number> {
    const announced = new Map<PeerId, number>();
    for (const [peer, { announcedAtMs }] of this.#links)
      if (announcedAtMs !== undefined) announced.set(peer, announcedAtMs);
    return announced;
  }

  connectionsTo(peer: PeerId): readonly Connection[] {
    return this.#node.getConnections().filter((connection) => connection.remotePeer.toString() === peer);
  }

  /** Closes all connections to the peer at once, without ceremony. */
  cut(peer: PeerId, reason: string): void {
    for (const connection of this.connectionsTo(peer)) connection.abort(new Error(reason));
  }

  #opened(connection: Connection): void {
    const peer = connection.remotePeer.toString();
    if (this.#ports.denied(peer)) {
      connection.abort(new Error("denied"));
      return;
    }
    if (this.#links.has(peer)) return;
    const limitMs = IDENTIFY_TIMEOUT_MS + this.#ports.patienceMs(peer);
    const cancel = this.#ports.timers.after(limitMs, () => this.cut(peer, "did not identify itself"));
    this.#links.set(peer, { cancel, identified: false, announcedAtMs: undefined, mute: 0 });
  }

  #identified(peer: PeerId, protocols: readonly string[]): void {
    const link = this.#links.get(peer);
    if (link === undefined || link.identified) return;
    if (!protocols.includes(this.#ports.chainProtocol)) {
      this.#ports.log.info("peer.other-chain", { peer });
      this.cut(peer, "does not speak our chain's protocols");
      return;
    }
    link.identified = true;
    link.cancel();
    const limitMs = GOSSIP_SETUP_TIMEOUT_MS + this.#ports.patienceMs(peer);
    this.#awaitGossip(peer, link, this.#ports.clock.monotonicMs() + limitMs);
  }

  #awaitGossip(peer: PeerId, link: Link, untilMs: number): void {
    if (this.#gossip.ready(peer) || this.#ports.clock.monotonicMs() >= untilMs) {
      link.announcedAtMs = this.#ports.clock.nowMs();
      this.#ports.up(peer);
      return;
    }
    link.cancel = this.#ports.timers.after(GOSSIP_SETUP_POLL_MS, () => this.#awaitGossip(peer, link, untilMs));
  }

  #closed(peer: PeerId): void {
    const link = this.#links.get(peer);
    if (link === undefined) return;
    link.cancel();
    this.#links.delete(peer);
    this.#ports.down(peer, link.announcedAtMs !== undefined);
  }

  /**
   * When one of two connections to a peer closes, gossipsub loses its stream and opens no other; so a link without one
   * is cut, and made anew by whoever dials.
   */
  #repairLater(): void {
    this.#cancelRepair = this.#ports.timers.after(GOSSIP_REPAIR_INTERVAL_MS, () => {
      for (const [peer, link] of this.#links) {
        link.mute = link.announcedAtMs === undefined || this.#gossip.writable(peer) ? 0 : link.mute + 1;
        if (link.mute >= MAX_MUTE_LOOKS) this.cut(peer, "gossip stream lost");
      }
      this.#repairLater();
    });
  }
}
