import { type GossipSub, type GossipSubComponents, gossipsub, StrictNoSign } from "@chainsafe/libp2p-gossipsub";
import type { Connection, PeerId as LibPeerId, Stream, StreamHandler, StreamMessageEvent } from "@libp2p/interface";

/** Bytes as libp2p's muxer delivers them: one array, or a list of them. */
type Uint8ArrayList = Exclude<StreamMessageEvent["data"], Uint8Array>;

import {
  GOSSIP_CACHE_HEARTBEATS,
  GOSSIP_HEARTBEAT_MS,
  GOSSIP_IDONTWANT_BYTES,
  GOSSIP_MESH,
  GOSSIP_OFFER_HEARTBEATS,
  GOSSIP_OFFER_SHARE,
  GOSSIP_RPC_LIMITS,
  GOSSIP_SEEN_MS,
  GOSSIP_STREAMS_PER_PEER,
  MAX_GOSSIP_OUTBOUND_BYTES,
  MAX_GOSSIP_RPC_BYTES,
} from "../../limits.ts";
import { COLOCATION_WHITELIST, PEER_SCORES, SCORE_THRESHOLDS, topicScores } from "../../scoring.ts";
import { messageId, TOPICS, topicName } from "../../topics.ts";
import type { PeerId, Verdict } from "../transport.ts";

/** The parts of the gossipsub class that its published interface leaves out. */
interface RouterParts {
  readonly streamsOutbound: ReadonlyMap<PeerId, unknown>;
  getScore(peer: PeerId): number;
  getMeshPeers(topic: string): readonly PeerId[];
  getSubscribers(topic: string): LibPeerId[];
  /** Ids of messages that were there lately; what is in it is not sent a second time. */
  readonly seenCache: { readonly entries: Map<string, unknown> };
  msgIdToStrFn(id: Uint8Array): string;
  reportMessageValidationResult(messageId: string, from: PeerId, verdict: Verdict): void;
}

export type GossipRouter = GossipSub & RouterParts;

/** Is told of every chunk that comes in on a gossip stream. */
export interface RpcMeter {
  received(peer: PeerId, chunk: Uint8Array): void;
}

/** Lets a message be sent once more that the router would drop as sent already. */
export function forgetMessage(router: GossipRouter, id: Uint8Array): void {
  router.seenCache.entries.delete(router.msgIdToStrFn(id));
}

/** Gossipsub with our topics, ids, scores and limits: nothing is forwarded before it was validated. */
export function gossipRouter(
  chainId: string,
  meter: RpcMeter,
  applicationScore: (peer: PeerId) => number,
): (components: GossipSubComponents) => GossipRouter {
  const create = gossipsub({
    globalSignaturePolicy: StrictNoSign,
    msgIdFn: (message) => messageId(message.topic, message.data),
    asyncValidation: true,
    allowedTopics: TOPICS.map((topic) => topicName(chainId, topic)),
    fallbackToFloodsub: false,
    floodPublish: true,
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    emitSelf: false,
    doPX: false,
    tagMeshPeers: false,
    ...GOSSIP_MESH,
    heartbeatInterval: GOSSIP_HEARTBEAT_MS,
    mcacheLength: GOSSIP_CACHE_HEARTBEATS,
    mcacheGossip: GOSSIP_OFFER_HEARTBEATS,
    gossipFactor: GOSSIP_OFFER_SHARE,
    seenTTL: GOSSIP_SEEN_MS,
    idontwantMinDataSize: GOSSIP_IDONTWANT_BYTES,
    maxInboundStreams: GOSSIP_STREAMS_PER_PEER,
    maxOutboundStreams: GOSSIP_STREAMS_PER_PEER,
    maxInboundDataLength: MAX_GOSSIP_RPC_BYTES,
    maxOutboundBufferSize: MAX_GOSSIP_OUTBOUND_BYTES,
    decodeRpcLimits: GOSSIP_RPC_LIMITS,
    scoreThresholds: SCORE_THRESHOLDS,
    scoreParams: {
      ...PEER_SCORES,
      IPColocationFactorWhitelist: new Set(COLOCATION_WHITELIST),
      appSpecificScore: applicationScore,
      topics: topicScores(chainId) as Partial<Record<string, object>> as never,
    },
  });
  return (components) => create(withMeter(components, meter)) as GossipRouter;
}

/**
 * Gossipsub skips RPCs that do not decode without a penalty, so that garbage would be free: its inbound streams are
 * watched from outside. (The registrar's middleware would do, but it grows by one handler with every stream.)
 */
function withMeter(components: GossipSubComponents, meter: RpcMeter): GossipSubComponents {
  const { privateKey, peerId, peerStore, connectionManager, logger, registrar } = components;
  const metered: GossipSubComponents["registrar"] = Object.create(registrar);
  metered.handle = (protocol, handler, options) => registrar.handle(protocol, watched(handler, meter), options);
  return { privateKey, peerId, peerStore, connectionManager, logger, registrar: metered };
}

/** Where the muxer delivers bytes to a stream; public in libp2p's base class, not in its interface. */
interface ReceivingStream {
  onData(data: Uint8Array | Uint8ArrayList): void;
}

/** A second "message" listener would not do: bytes that wait for the first listener would go to ours alone. */
function watched(handler: StreamHandler, meter: RpcMeter): StreamHandler {
  return (stream: Stream, connection: Connection) => {
    const peer = connection.remotePeer.toString();
    const receiving = stream as unknown as ReceivingStream;
    const onData = receiving.onData.bind(stream);
    receiving.onData = (data) => {
      meter.received(peer, data.subarray());
      onData(data);
    };
    return handler(stream, connection);
  };
}
