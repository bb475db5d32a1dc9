import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { type Identify, identify } from "@libp2p/identify";
import type { ConnectionGater, Libp2p, PrivateKey } from "@libp2p/interface";
import { tcp } from "@libp2p/tcp";
import { createLibp2p, type Libp2pOptions } from "libp2p";
import {
  DIAL_TIMEOUT_MS,
  IDENTIFY_STREAM_TIMEOUT_MS,
  INBOUND_PER_SECOND_PER_HOST,
  INBOUND_UPGRADE_TIMEOUT_MS,
  MAX_ADDRESSES_PER_DIAL,
  MAX_CONNECTIONS,
  MAX_DIAL_QUEUE,
  MAX_PARALLEL_DIALS,
  MAX_PENDING_INBOUND,
  MAX_TCP_CONNECTIONS,
  MUXER,
  NEGOTIATION_TIMEOUT_MS,
  TCP_BACKLOG,
  TCP_IDLE_MS,
} from "../../limits.ts";
import { type GossipRouter, gossipRouter, type RpcMeter } from "./gossip-router.ts";
import type { LinkShaper } from "./link-shaper.ts";
import type { Libp2pTransportOptions } from "./options.ts";

export type Libp2pServices = { readonly identify: Identify; readonly gossip: GossipRouter };
export type Libp2pNode = Libp2p<Libp2pServices>;

interface NodeParts {
  readonly privateKey: PrivateKey;
  readonly gate: ConnectionGater;
  readonly meter: RpcMeter;
  readonly shaper: LinkShaper;
  readonly applicationScore: (peer: string) => number;
}

/** libp2p with our limits, not started. Everything that a stranger could exhaust has a number. */
export async function createLibp2pNode(options: Libp2pTransportOptions, parts: NodeParts): Promise<Libp2pNode> {
  const host = options.host ?? "127.0.0.1";
  return createLibp2p<Libp2pServices>({
    start: false,
    privateKey: parts.privateKey,
    nodeInfo: { name: "forkyard", userAgent: options.userAgent },
    addresses: { listen: [`/${host.includes(":") ? "ip6" : "ip4"}/${host}/tcp/${options.port}`] },
    connectionGater: parts.gate,
    connectionManager: connectionLimits(),
    // A machine that mines at full power answers pings late; dead links are found by the idle timeout of TCP.
    connectionMonitor: { abortConnectionOnPingFailure: false },
    transports: [
      tcp({
        inboundSocketInactivityTimeout: TCP_IDLE_MS,
        outboundSocketInactivityTimeout: TCP_IDLE_MS,
        maxConnections: MAX_TCP_CONNECTIONS,
        backlog: TCP_BACKLOG,
      }),
    ],
    connectionEncrypters: [parts.shaper.shaped(noise())],
    streamMuxers: [yamux(muxerLimits())],
    peerDiscovery: await discovery(options),
    services: {
      identify: identify({ timeout: IDENTIFY_STREAM_TIMEOUT_MS }),
      gossip: gossipRouter(options.chainId, parts.meter, parts.applicationScore),
    },
  });
}

function connectionLimits(): NonNullable<Libp2pOptions["connectionManager"]> {
  return {
    maxConnections: MAX_CONNECTIONS,
    maxIncomingPendingConnections: MAX_PENDING_INBOUND,
    inboundConnectionThreshold: INBOUND_PER_SECOND_PER_HOST,
    inboundUpgradeTimeout: INBOUND_UPGRADE_TIMEOUT_MS,
    inboundStreamProtocolNegotiationTimeout: NEGOTIATION_TIMEOUT_MS,
    outboundStreamProtocolNegotiationTimeout: NEGOTIATION_TIMEOUT_MS,
    dialTimeout: DIAL_TIMEOUT_MS,
    maxParallelDials: MAX_PARALLEL_DIALS,
    maxPeerAddrsToDial: MAX_ADDRESSES_PER_DIAL,
    maxDialQueueLength: MAX_DIAL_QUEUE,
    reconnectRetries: 0,
    // A devnet's nodes all come from one address and all at once; the gate bounds their number.
    allow: ["/ip4/127.0.0.0/ipcidr/8", "/ip6/::1/ipcidr/128"],
  };
}

function muxerLimits(): NonNullable<Parameters<typeof yamux>[0]> {
  return {
    maxInboundStreams: MUXER.maxInboundStreams,
    maxEarlyStreams: MUXER.maxEarlyStreams,
    streamOptions: {
      maxStreamWindowSize: MUXER.maxStreamWindowBytes,
      maxReadBufferLength: MUXER.maxReadBufferBytes,
      maxWriteBufferLength: MUXER.maxWriteBufferBytes,
    },
  };
}

/** mDNS is loaded only when it is used: it opens a multicast socket and costs start-up time. */
async function discovery(options: Libp2pTransportOptions): Promise<NonNullable<Libp2pOptions["peerDiscovery"]>> {
  if (options.mdns !== true) return [];
  const { mdns } = await import("@libp2p/mdns");
  return [mdns({ serviceTag: `_forkyard-${options.chainId}._udp.local` })];
}
