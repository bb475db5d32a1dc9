import type { PeerSummary } from "@forkyard/network/transport/transport";
import type { PeersApi, PeerView } from "@forkyard/rpc/node-api";
import type { Node } from "../node.ts";

/** Peers as RPC sees them. */
export function peersApi(node: Node): PeersApi {
  const indexes = new PeerIndexes();
  return {
    peers: () => node.transport.peers().map((peer) => peerView(node, peer, indexes)),
    addresses: () => node.transport.addresses(),
    added: () => node.links.added(),
    add: (address: string) => node.links.add(address),
    remove: (address: string) => node.links.remove(address),
    tryOnce: (address: string) => node.links.tryOnce(address),
    disconnect: (peer: string) => node.transport.disconnect(peer),
  };
}

function peerView(node: Node, peer: PeerSummary, indexes: PeerIndexes): PeerView {
  const status = node.conversations.statuses().get(peer.id);
  return {
    peer: peer.id,
    index: indexes.of(peer),
    address: peer.address,
    inbound: peer.inbound,
    connectedAtMs: peer.connectedAtMs,
    score: peer.score,
    ...(peer.latencyMs !== undefined && { latencyMs: peer.latencyMs }),
    ...(status !== undefined && {
      userAgent: status.userAgent,
      startingHeight: status.height,
      bestHeight: status.height,
    }),
  };
}

/** Small numbers for connections; a peer that comes back gets a new one, as in bitcoind. */
class PeerIndexes {
  readonly #indexes = new Map<string, { readonly connectedAtMs: number; readonly index: number }>();
  #next = 0;

  of(peer: PeerSummary): number {
    const known = this.#indexes.get(peer.id);
    if (known !== undefined && known.connectedAtMs === peer.connectedAtMs) return known.index;
    const index = this.#next;
    this.#next += 1;
    this.#indexes.set(peer.id, { connectedAtMs: peer.connectedAtMs, index });
    return index;
  }
}
