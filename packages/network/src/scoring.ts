import {
  DISCONNECT_SCORE,
  GARBAGE_POINTS,
  MAX_SCORED_PEERS,
  MIN_APPLICATION_SCORE,
  REFUSE_MS,
  SCORE_HALF_LIFE_MS,
} from "./limits.ts";
import { topicName } from "./topics.ts";
import type { PeerId, Topic } from "./transport/transport.ts";

/**
 * Rules that an honest peer's headers can break: by clocks that differ, or because we found (or a person declared) an
 * ancestor invalid. Any other broken rule could have been noticed before sending.
 */
const BLAMELESS_HEADER_ERRORS: ReadonlySet<string> = new Set(["time-too-new", "duplicate-invalid", "bad-prevblk"]);

/** Points for serving a header that breaks the rule `code`. */
export function headerErrorPoints(code: string): number {
  return BLAMELESS_HEADER_ERRORS.has(code) ? 0 : GARBAGE_POINTS;
}

interface Penalties {
  readonly score: number;
  readonly atMs: number;
  readonly refusedUntilMs: number;
}

/**
 * The application's part of a peer's score (gossipsub P5): penalties for what happens outside gossip. They fade with
 * time, outlive the connection, and the number of peers remembered is bounded.
 */
export class ApplicationScores {
  readonly #peers = new Map<PeerId, Penalties>();

  /** Lowers the score; true when the peer is to be disconnected. */
  penalise(peer: PeerId, points: number, nowMs: number): boolean {
    const score = Math.max(MIN_APPLICATION_SCORE, this.score(peer, nowMs) - points);
    const disconnect = score <= DISCONNECT_SCORE;
    const refusedUntilMs = disconnect ? nowMs + REFUSE_MS : (this.#peers.get(peer)?.refusedUntilMs ?? 0);
    this.#peers.delete(peer);
    this.#peers.set(peer, { score, atMs: nowMs, refusedUntilMs });
    this.#evict();
    return disconnect;
  }

  /** 0 or less. */
  score(peer: PeerId, nowMs: number): number {
    const penalties = this.#peers.get(peer);
    if (penalties === undefined) return 0;
    return penalties.score * 2 ** (-(nowMs - penalties.atMs) / SCORE_HALF_LIFE_MS);
  }

  /** True while the peer is not let in. */
  refused(peer: PeerId, nowMs: number): boolean {
    return (this.#peers.get(peer)?.refusedUntilMs ?? 0) > nowMs;
  }

  /** Map order is the order of the last penalty. */
  #evict(): void {
    for (const peer of this.#peers.keys()) {
      if (this.#peers.size <= MAX_SCORED_PEERS) return;
      this.#peers.delete(peer);
    }
  }
}

/** A counter that falls to half in `halfLifeS`, as a factor for each second. */
const decayPerSecond = (halfLifeS: number): number => 0.5 ** (1 / halfLifeS);

const HOUR_S = 3_600;
const TEN_MINUTES_S = 600;

/** P3 is off: blocks are rare, an honest peer need not have delivered any lately. */
const NO_DELIVERY_QUOTA = { meshMessageDeliveriesWeight: 0, meshFailurePenaltyWeight: 0 } as const;

/** Names and meanings are gossipsub v1.1's; numbers from its table of hardened settings. */
export interface TopicScores {
  readonly topicWeight: number;
  readonly timeInMeshWeight: number;
  readonly timeInMeshQuantum: number;
  readonly timeInMeshCap: number;
  readonly firstMessageDeliveriesWeight: number;
  readonly firstMessageDeliveriesDecay: number;
  readonly firstMessageDeliveriesCap: number;
  readonly meshMessageDeliveriesWeight: number;
  readonly meshFailurePenaltyWeight: number;
  readonly invalidMessageDeliveriesWeight: number;
  readonly invalidMessageDeliveriesDecay: number;
}

const TOPIC_SCORES: Readonly<Record<Topic, TopicScores>> = {
  blocks: {
    topicWeight: 1,
    timeInMeshWeight: 0.01,
    timeInMeshQuantum: 1_000,
    timeInMeshCap: 1_000,
    firstMessageDeliveriesWeight: 5,
    firstMessageDeliveriesDecay: decayPerSecond(HOUR_S),
    firstMessageDeliveriesCap: 10,
    ...NO_DELIVERY_QUOTA,
    invalidMessageDeliveriesWeight: -100,
    invalidMessageDeliveriesDecay: decayPerSecond(TEN_MINUTES_S),
  },
  txs: {
    topicWeight: 0.5,
    timeInMeshWeight: 0,
    timeInMeshQuantum: 1_000,
    timeInMeshCap: 1_000,
    firstMessageDeliveriesWeight: 0.5,
    firstMessageDeliveriesDecay: decayPerSecond(60),
    firstMessageDeliveriesCap: 100,
    ...NO_DELIVERY_QUOTA,
    invalidMessageDeliveriesWeight: -10,
    invalidMessageDeliveriesDecay: decayPerSecond(TEN_MINUTES_S),
  },
};

/** Score parameters by topic name: a topic that is not listed would cost nothing to abuse. */
export function topicScores(chainId: string): Record<string, TopicScores> {
  return {
    [topicName(chainId, "blocks")]: TOPIC_SCORES.blocks,
    [topicName(chainId, "txs")]: TOPIC_SCORES.txs,
  };
}

/** Loopback peers share one address: the devnet of thirty nodes on one machine must not graylist itself (P6). */
export const COLOCATION_WHITELIST: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

interface PeerScores {
  readonly topicScoreCap: number;
  readonly appSpecificWeight: number;
  readonly IPColocationFactorWeight: number;
  readonly IPColocationFactorThreshold: number;
  readonly behaviourPenaltyWeight: number;
  readonly behaviourPenaltyThreshold: number;
  readonly behaviourPenaltyDecay: number;
  readonly decayInterval: number;
  readonly decayToZero: number;
  readonly retainScore: number;
}

export const PEER_SCORES: PeerScores = {
  topicScoreCap: 100,
  appSpecificWeight: 1,
  IPColocationFactorWeight: -50,
  IPColocationFactorThreshold: 3,
  behaviourPenaltyWeight: -10,
  behaviourPenaltyThreshold: 6,
  behaviourPenaltyDecay: decayPerSecond(TEN_MINUTES_S),
  decayInterval: 1_000,
  decayToZero: 0.01,
  retainScore: 2 * HOUR_S * 1_000,
};

export const SCORE_THRESHOLDS = {
  gossipThreshold: -100,
  publishThreshold: -400,
  graylistThreshold: -800,
  acceptPXThreshold: 1_000,
  opportunisticGraftThreshold: 5,
} as const;
