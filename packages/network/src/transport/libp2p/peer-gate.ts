import type { Connection, ConnectionGater, PeerId as LibPeerId, MultiaddrConnection } from "@libp2p/interface";
import type { Multiaddr } from "@multiformats/multiaddr";
import { MAX_CONNECTIONS, MAX_INBOUND_PER_HOST, RESERVED_OUTBOUND_CONNECTIONS } from "../../limits.ts";
import type { PeerId } from "../transport.ts";

const LOOPBACK = /^\/ip4\/127\.|^\/ip6\/::1\//;

/**
 * Who may connect: nobody who is blocked (a partition) or refused (misbehaviour), and no host more often than a few
 * times. The identity of an inbound peer is known only after the handshake, so blocking is checked there.
 */
export class PeerGate implements ConnectionGater {
  blocked: ReadonlySet<PeerId> = new Set();
  readonly #refused: (peer: PeerId) => boolean;
  readonly #connections: () => readonly Connection[];

  constructor(refused: (peer: PeerId) => boolean, connections: () => readonly Connection[]) {
    this.#refused = refused;
    this.#connections = connections;
  }

  denied(peer: PeerId): boolean {
    return this.blocked.has(peer) || this.#refused(peer);
  }

  denyDialPeer = (peer: LibPeerId): boolean => this.denied(peer.toString());

  denyOutboundConnection = (peer: LibPeerId): boolean => this.denied(peer.toString());

  denyOutboundEncryptedConnection = (peer: LibPeerId): boolean => this.denied(peer.toString());

  denyInboundEncryptedConnection = (peer: LibPeerId): boolean => this.denied(peer.toString());

  denyInboundUpgradedConnection = (peer: LibPeerId): boolean => this.denied(peer.toString());

  denyOutboundUpgradedConnection = (peer: LibPeerId): boolean => this.denied(peer.toString());

  denyInboundConnection = (incoming: MultiaddrConnection): boolean => {
    const inbound = this.#connections().filter((connection) => connection.direction === "inbound");
    if (inbound.length >= MAX_CONNECTIONS - RESERVED_OUTBOUND_CONNECTIONS) return true;
    const host = hostOf(incoming.remoteAddr);
    if (LOOPBACK.test(incoming.remoteAddr.toString())) return false;
    return inbound.filter((connection) => hostOf(connection.remoteAddr) === host).length >= MAX_INBOUND_PER_HOST;
  };
}

/** Protocol and value of the address's first part: `/ip4/192.0.2.1`. */
function hostOf(address: Multiaddr): string {
  return address.toString().split("/", 3).join("/");
}
