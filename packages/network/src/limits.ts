import { MAX_BLOCK_BYTES } from "@forkyard/core/limits";
import type { SyncProtocol, Topic } from "./transport/transport.ts";

/** Every number that bounds what a peer can make this package hold, send or do. Times in ms, sizes in bytes. */

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HASH_BYTES = 32;
const COUNT_BYTES = 9;

// --- wire -------------------------------------------------------------------------------------------------------------

/** Bitcoin Core `MAX_LOCATOR_SZ`. */
export const MAX_LOCATOR_HASHES = 101;
/** Bitcoin Core `MAX_HEADERS_RESULTS`. */
export const MAX_HEADERS_PER_MESSAGE = 2_000;
/** Blocks that one request may name, and that one peer may owe us. */
export const MAX_BLOCKS_PER_REQUEST = 16;
/** Transactions that one request may name. */
export const MAX_TXS_PER_REQUEST = 256;
/** Transaction ids that one answer about the mempool may list. */
export const MAX_MEMPOOL_TXIDS = 25_000;
export const MAX_USER_AGENT_BYTES = 256;
/** Largest standard transaction: 400,000 weight units of witness bytes at most. */
export const MAX_TX_BYTES = 400_000;
/** A 32-byte header entry on the wire is 80 bytes and an empty transaction count. */
export const HEADER_ENTRY_BYTES = 81;

// --- request/response streams -------------------------------------------------------------------------------------------

/** So many units within any window; spent all at once or evenly. */
export interface Quota {
  readonly units: number;
  readonly windowMs: number;
}

export interface ProtocolLimits {
  readonly maxRequestBytes: number;
  readonly maxFrameBytes: number;
  readonly maxFrames: number;
  /** All frames of an answer together; the serving side stops before, the asking side gives up beyond. */
  readonly maxAnswerBytes: number;
  /** Streams of the protocol that a peer may have open with us. */
  readonly maxStreams: number;
  /** Bytes of one unit of cost: a request is charged by what it names, before any work is done for it. */
  readonly bytesPerUnit?: number;
  readonly perPeer: Quota;
  readonly total: Quota;
}

const perSeconds = (units: number, seconds: number): Quota => ({ units, windowMs: seconds * SECOND_MS });
const STATUS_BYTES = 512;

export const PROTOCOL_LIMITS: Readonly<Record<SyncProtocol, ProtocolLimits>> = {
  status: {
    maxRequestBytes: STATUS_BYTES,
    maxFrameBytes: STATUS_BYTES,
    maxFrames: 1,
    maxAnswerBytes: STATUS_BYTES,
    maxStreams: 2,
    perPeer: perSeconds(5, 15),
    total: perSeconds(640, 15),
  },
  headers: {
    maxRequestBytes: 4 + COUNT_BYTES + (MAX_LOCATOR_HASHES + 1) * HASH_BYTES,
    maxFrameBytes: COUNT_BYTES + MAX_HEADERS_PER_MESSAGE * HEADER_ENTRY_BYTES,
    maxFrames: 1,
    maxAnswerBytes: COUNT_BYTES + MAX_HEADERS_PER_MESSAGE * HEADER_ENTRY_BYTES,
    maxStreams: 2,
    perPeer: perSeconds(20, 10),
    total: perSeconds(320, 10),
  },
  blocks: {
    maxRequestBytes: COUNT_BYTES + MAX_BLOCKS_PER_REQUEST * HASH_BYTES,
    maxFrameBytes: MAX_BLOCK_BYTES,
    maxFrames: MAX_BLOCKS_PER_REQUEST,
    maxAnswerBytes: 8 * MIB,
    maxStreams: 4,
    bytesPerUnit: HASH_BYTES,
    // Counts alone would let full blocks through too fast or small ones too slowly: ANSWER_BYTES_PER_PEER bounds the bytes.
    perPeer: perSeconds(4_096, 10),
    total: perSeconds(16_384, 10),
  },
  txs: {
    maxRequestBytes: COUNT_BYTES + MAX_TXS_PER_REQUEST * HASH_BYTES,
    maxFrameBytes: MAX_TX_BYTES,
    maxFrames: MAX_TXS_PER_REQUEST,
    maxAnswerBytes: 2 * MIB,
    maxStreams: 2,
    bytesPerUnit: HASH_BYTES,
    perPeer: perSeconds(8_192, 10),
    total: perSeconds(32_768, 10),
  },
  mempool: {
    maxRequestBytes: 1,
    maxFrameBytes: COUNT_BYTES + MAX_MEMPOOL_TXIDS * HASH_BYTES,
    maxFrames: 1,
    maxAnswerBytes: COUNT_BYTES + MAX_MEMPOOL_TXIDS * HASH_BYTES,
    maxStreams: 2,
    perPeer: perSeconds(4, 10),
    total: perSeconds(160, 10),
  },
};

/** Bytes of answers to one peer, and to all: charged as they are sent, refused while overdrawn. */
export const ANSWER_BYTES_PER_PEER: Quota = perSeconds(256 * MIB, 10);
export const ANSWER_BYTES_TOTAL: Quota = perSeconds(512 * MIB, 10);
/** We ask a little slower than we would allow, so that the clocks of both sides may differ. */
export const OWN_PACE: number = 0.9;

/** Time for the first byte of a request or an answer, and for all of it. */
export const FIRST_BYTE_TIMEOUT_MS: number = 5 * SECOND_MS;
export const WHOLE_STREAM_TIMEOUT_MS: number = 30 * SECOND_MS;
/** Requests of ours under way, all peers and protocols together. */
export const MAX_REQUESTS_IN_FLIGHT = 512;
/** Answers held in memory until slow readers have taken them. */
export const MAX_ANSWER_BYTES_IN_FLIGHT: number = 128 * MIB;
/** Bytes handed to a stream between two looks at its backpressure. */
export const STREAM_CHUNK_BYTES: number = 64 * KIB;

// --- gossip -----------------------------------------------------------------------------------------------------------

export const MAX_GOSSIP_BYTES: Readonly<Record<Topic, number>> = { blocks: MAX_BLOCK_BYTES, txs: MAX_TX_BYTES };
export const MESSAGE_ID_BYTES = 20;
/** A verdict that takes longer counts as `ignore`. Shorter than the message cache lives, else `accept` would forward nothing. */
export const VERDICT_TIMEOUT_MS: number = 4 * SECOND_MS;
/** Messages that wait for a verdict: of all peers, and of one. */
export const MAX_PENDING_VERDICTS: Readonly<Record<Topic, number>> = { blocks: 64, txs: 4_096 };
export const MAX_PENDING_VERDICTS_PER_PEER: Readonly<Record<Topic, number>> = { blocks: 32, txs: 2_048 };
/** Messages handled before the event loop gets its turn, and messages that may wait for theirs. */
export const MAX_GOSSIP_PER_TURN = 128;
export const MAX_GOSSIP_BACKLOG = 4_096;
/** Sustained gossip of one peer; breaking it costs points. 10 s of it may come at once: blocks are lumps. */
export const GOSSIP_BYTES_PER_PEER: Quota = perSeconds(20 * MIB, 10);
export const GOSSIP_RPCS_PER_PEER: Quota = perSeconds(10_000, 10);
export const GOSSIP_BREACH_POINTS = 50;
/** A breach is counted at most so often. */
export const GOSSIP_BREACH_INTERVAL_MS: number = SECOND_MS;
export const MAX_GOSSIP_RPC_BYTES: number = 4 * MIB;
export const MAX_GOSSIP_OUTBOUND_BYTES: number = 8 * MIB;
export const GOSSIP_HEARTBEAT_MS = 700;
/** Heartbeats that a message stays in the cache: 5.6 s. */
export const GOSSIP_CACHE_HEARTBEATS = 8;
/** Newest heartbeats of the cache that are offered to peers outside the mesh. */
export const GOSSIP_OFFER_HEARTBEATS = 5;
/** A message id is remembered so long and dropped when it comes again. */
export const GOSSIP_SEEN_MS: number = 10 * MINUTE_MS;
export const GOSSIP_MESH = { D: 8, Dlo: 6, Dhi: 12, Dout: 3, Dscore: 4, Dlazy: 6 } as const;
/** Share of the peers outside the mesh that are told, each heartbeat, which messages we have. */
export const GOSSIP_OFFER_SHARE = 1;
/** Messages at least this long are announced as "do not send me this" on arrival. */
export const GOSSIP_IDONTWANT_BYTES: number = KIB;
export const GOSSIP_RPC_LIMITS = {
  maxSubscriptions: 8,
  maxMessages: 5_000,
  maxIhaveMessageIDs: 5_000,
  maxIwantMessageIDs: 5_000,
  maxIdontwantMessageIDs: 512,
  maxControlMessages: 64,
  maxPeerInfos: 0,
} as const;
export const GOSSIP_STREAMS_PER_PEER = 2;

// --- connections --------------------------------------------------------------------------------------------------------

export const MAX_CONNECTIONS = 125;
/** Kept free for peers that we dial. */
export const RESERVED_OUTBOUND_CONNECTIONS = 10;
/** Inbound connections from one address; loopback is exempt, a devnet lives there. */
export const MAX_INBOUND_PER_HOST = 3;
export const MAX_PENDING_INBOUND = 10;
export const INBOUND_PER_SECOND_PER_HOST = 3;
export const INBOUND_UPGRADE_TIMEOUT_MS: number = 5 * SECOND_MS;
export const NEGOTIATION_TIMEOUT_MS: number = 5 * SECOND_MS;
export const DIAL_TIMEOUT_MS: number = 5 * SECOND_MS;
export const MAX_PARALLEL_DIALS = 16;
export const MAX_ADDRESSES_PER_DIAL = 8;
export const MAX_DIAL_QUEUE = 100;
export const MAX_TCP_CONNECTIONS = 128;
export const TCP_BACKLOG = 16;
export const TCP_IDLE_MS: number = 120 * SECOND_MS;
export const MUXER = {
  maxInboundStreams: 16,
  maxEarlyStreams: 4,
  maxStreamWindowBytes: 1_048_576,
  maxReadBufferBytes: 1_048_576,
  maxWriteBufferBytes: 4_194_304,
} as const;
/** A connection whose far end has not said what it speaks is closed after this. */
export const IDENTIFY_TIMEOUT_MS: number = 5 * SECOND_MS;
/** The same for the stream of it: longer, so that over slow links the limit above, which knows the link, is the one that counts. */
export const IDENTIFY_STREAM_TIMEOUT_MS: number = 5 * MINUTE_MS;
/** After identification, how long to wait for the peer's gossip subscriptions before it is announced without them. */
export const GOSSIP_SETUP_TIMEOUT_MS: number = SECOND_MS;
/** How often that is looked at. */
export const GOSSIP_SETUP_POLL_MS = 20;
/** How often connections are checked for a gossip stream that broke while the connection lived on. */
export const GOSSIP_REPAIR_INTERVAL_MS: number = 2 * SECOND_MS;

/** Static peers: first wait after a failed dial, factor, longest wait. */
export const REDIAL_FIRST_MS = 200;
export const REDIAL_FACTOR = 2;
export const REDIAL_MAX_MS: number = 5 * SECOND_MS;
/** The peer with the larger id dials later by this, so that two peers seldom dial each other at once. */
export const DIAL_STAGGER_MS = 150;
export const MAX_STATIC_PEERS = 64;

// --- penalties ------------------------------------------------------------------------------------------------------------

/** Points for answers or requests that do not decode, or are not what was asked for. */
export const GARBAGE_POINTS = 100;
/** Points for a request beyond a quota. */
export const QUOTA_POINTS = 5;
/** Points for not answering in time. */
export const STALL_POINTS = 20;
/** Application score (P5): never lower, never higher. */
export const MIN_APPLICATION_SCORE = -1_000;
/** At this score a peer is disconnected, and refused for a while: the third time that it sends garbage. */
export const DISCONNECT_SCORE = -250;
export const REFUSE_MS: number = MINUTE_MS;
/** Penalties fade by half in this time. */
export const SCORE_HALF_LIFE_MS: number = 10 * MINUTE_MS;
/** Peers whose penalties are remembered; the ones that were penalised longest ago are forgotten first. */
export const MAX_SCORED_PEERS = 1_024;

// --- sync ---------------------------------------------------------------------------------------------------------------

/** Blocks asked for but not yet handed over or not yet stored: in all, and the bytes of those that wait for an earlier one. */
export const MAX_BLOCKS_IN_FLIGHT = 128;
export const MAX_BUFFERED_BLOCK_BYTES: number = 64 * MIB;
/** A second block request goes to a peer only when it owes us no more than this. */
export const REFILL_AT_BLOCKS = 8;
export const STATUS_TIMEOUT_MS: number = 5 * SECOND_MS;
export const HEADERS_TIMEOUT_MS: number = 10 * SECOND_MS;
/** A headers request not answered in this time is made to another peer too. */
export const HEADERS_STALL_MS: number = 2 * SECOND_MS;
/** After a failed headers request, when to ask the same peer again, and how many may fail in a row. */
export const HEADERS_RETRY_MS: number = SECOND_MS;
export const MAX_HEADERS_FAILURES = 5;
export const BLOCKS_TIMEOUT_MS: number = 15 * SECOND_MS;
/** A block not answered in this time is asked of another peer too (CVE-2024-52922). */
export const BLOCK_STALL_MS: number = 2 * SECOND_MS;
export const MAX_SOURCES_PER_BLOCK = 3;
/** A peer that let a block request time out gets no other for so long, while there is anyone else. */
export const STALLED_PEER_REST_MS: number = 30 * SECOND_MS;
/** A peer that has not a block is not asked for it again for so long. */
export const MISSING_BLOCK_REST_MS: number = 5 * SECOND_MS;
/** A handed-over block that is not stored after this time is asked for again. */
export const HANDED_OVER_TIMEOUT_MS: number = 30 * SECOND_MS;
/** How often the window is looked at again while handed-over blocks are being checked. */
export const HANDED_OVER_POLL_MS = 100;
/** Peers are asked for their status this often. */
export const STATUS_POLL_MS: number = 6 * SECOND_MS;
/** After a failed status request, when to try again. */
export const STATUS_RETRY_MS = 500;
/** Status requests that may fail in a row before the peer is dropped. */
export const MAX_STATUS_FAILURES = 3;
/** Headers answers that connect to nothing we know, before the peer is dropped. */
export const MAX_UNCONNECTING_ANSWERS = 5;
/** Headers of one peer in a row that bring no new most-work chain, before it is dropped. */
export const MAX_LOW_WORK_HEADERS = 20_000;
/** Answers that are followed of a chain with too little work to be stored: two million headers. */
export const MAX_PRESYNC_ANSWERS = 1_000;
/** Times that a peer may claim more work than its headers show, before it is dropped. */
export const MAX_OVERCLAIMS = 5;

/** Time for an answer in the exchange of mempools; each peer is asked once a connection. */
export const MEMPOOL_TIMEOUT_MS: number = 10 * SECOND_MS;
/** Times that the exchange with a peer is begun anew after a failure, and the wait before. */
export const MAX_MEMPOOL_ATTEMPTS = 3;
export const MEMPOOL_RETRY_MS: number = 5 * SECOND_MS;

/** A request is an exchange of messages: over a slowed-down link its time limits are longer by so many round trips. */
export const PATIENT_ROUND_TRIPS = 2;
/** And by so many messages that are lost and sent again. */
export const PATIENT_RETRANSMISSIONS = 3;
/** Bytes that a slowed-down link may hold back before its sender has to wait. */
export const SHAPED_BYTES: number = 1024 * 1024;
