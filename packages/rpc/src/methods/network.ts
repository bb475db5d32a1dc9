import {
  INVALID_ADDRESS_OR_KEY,
  INVALID_PARAMS,
  MISC_ERROR,
  NODE_ALREADY_ADDED,
  NODE_NOT_ADDED,
  NODE_NOT_CONNECTED,
  RpcError,
} from "../errors.ts";
import { peerMultiaddr } from "../format/peer-address.ts";
import { helpText } from "../help-text.ts";
import { coins, type JsonObject } from "../json/json.ts";
import { type Method, method } from "../method.ts";
import type { PeersApi, PeerView } from "../node-api.ts";
import { flag, integer, optional, required, text } from "../params.ts";

const group = "Network";
/** The version of Bitcoin Core whose results these methods follow; clients choose their behaviour by it. */
const FOLLOWED_CORE_VERSION = 310000;
const PROTOCOL_VERSION = 70016;
/** NODE_NETWORK and NODE_WITNESS. */
const SERVICES = "0000000000000009";

const getNetworkInfo = method({
  name: "getnetworkinfo",
  group,
  about: "State of the peer-to-peer side: version, connections, relay fees.",
  params: {},
  handle: (_, { node }) => {
    const peers = node.peers.peers();
    const inbound = peers.filter((peer) => peer.inbound).length;
    const { minRelayFeeRate, incrementalFeeRate } = node.mempool.totals();
    return {
      version: FOLLOWED_CORE_VERSION,
      subversion: "/Forkyard:0.1.0/",
      protocolversion: PROTOCOL_VERSION,
      localservices: SERVICES,
      localservicesnames: ["NETWORK", "WITNESS"],
      localrelay: true,
      timeoffset: 0,
      networkactive: true,
      connections: peers.length,
      connections_in: inbound,
      connections_out: peers.length - inbound,
      networks: [],
      relayfee: coins(minRelayFeeRate),
      incrementalfee: coins(incrementalFeeRate),
      localaddresses: [],
      multiaddrs: node.peers.addresses(),
      warnings: [],
    };
  },
});

const getPeerInfo = method({
  name: "getpeerinfo",
  group,
  about: "Every connected peer. `addr` is a libp2p multiaddr, `peerid` the libp2p identity.",
  params: {},
  handle: (_, { node }) => node.peers.peers().map(peerJson),
});

function peerJson(peer: PeerView): JsonObject {
  return {
    id: peer.index,
    addr: peer.address,
    peerid: peer.peer,
    conntime: Math.floor(peer.connectedAtMs / 1000),
    pingtime: peer.latencyMs === undefined ? undefined : peer.latencyMs / 1000,
    subver: peer.userAgent,
    inbound: peer.inbound,
    startingheight: peer.startingHeight,
    synced_headers: peer.bestHeight,
    score: peer.score,
    connection_type: peer.inbound ? "inbound" : "outbound-full-relay",
  };
}

const getConnectionCount = method({
  name: "getconnectioncount",
  group,
  about: "How many peers are connected.",
  params: {},
  handle: (_, { node }) => node.peers.peers().length,
});

const addNode = method({
  name: "addnode",
  group,
  about: "Keeps a connection to a peer (add), forgets it (remove), or dials it once (onetry).",
  params: {
    node: required(text, "A multiaddr (/ip4/127.0.0.1/tcp/18444) or host:port"),
    command: required(text, "add, remove or onetry"),
    v2transport: optional(flag, false, "Has no effect: links are always encrypted"),
  },
  handle: ({ node: given, command }, { node, methods }) => {
    const address = peerMultiaddr(given);
    if (address === undefined) throw new RpcError(INVALID_ADDRESS_OR_KEY, "Error: Invalid node address");
    if (command === "add") addPeer(node.peers, address);
    else if (command === "remove") removePeer(node.peers, address);
    else if (command === "onetry") node.peers.tryOnce(address);
    else throw new RpcError(MISC_ERROR, helpText(methods.get("addnode") as Method));
    return null;
  },
});

function addPeer(peers: PeersApi, address: string): void {
  if (peers.added().includes(address)) throw new RpcError(NODE_ALREADY_ADDED, "Error: Node already added");
  peers.add(address);
}

function removePeer(peers: PeersApi, address: string): void {
  if (!peers.added().includes(address)) {
    throw new RpcError(NODE_NOT_ADDED, "Error: Node could not be removed. It has not been added previously.");
  }
  peers.remove(address);
}

const disconnectNode = method({
  name: "disconnectnode",
  group,
  about: "Closes the connection to a peer, named by its address, its libp2p identity or its id in getpeerinfo.",
  params: {
    address: optional(text, "", "As getpeerinfo shows it (addr or peerid)"),
    nodeid: optional(integer, undefined, "As getpeerinfo shows it (id)"),
  },
  handle: ({ address, nodeid }, { node }) => {
    if ((address === "") === (nodeid === undefined)) {
      throw new RpcError(INVALID_PARAMS, "Only one of address and nodeid should be provided.");
    }
    const multiaddr = peerMultiaddr(address);
    const found = node.peers
      .peers()
      .find((peer) => peer.index === nodeid || [multiaddr, address].includes(peer.address) || peer.peer === address);
    if (found === undefined) throw new RpcError(NODE_NOT_CONNECTED, "Node not found in connected nodes");
    node.peers.disconnect(found.peer);
    return null;
  },
});

export const networkMethods: readonly Method[] = [
  getNetworkInfo,
  getPeerInfo,
  getConnectionCount,
  addNode,
  disconnectNode,
];
