import type { BlockHash } from "@forkyard/core/hash";
import { MISSING_BLOCK_REST_MS, OWN_PACE, PROTOCOL_LIMITS } from "../limits.ts";
import { Gcra } from "../rate/gcra.ts";
import type { PeerId } from "../transport/transport.ts";
import type { Status } from "../wire/status.ts";
import type { HeaderPresync } from "./header-presync.ts";

/** What synchronising remembers of one connected peer. */
export class SyncPeer {
  readonly id: PeerId;
  /** Our own pace towards the peer, below the quota that it charges us by. */
  readonly pace: { readonly status: Gcra; readonly headers: Gcra; readonly blocks: Gcra };

  status: Status | undefined;
  statusInFlight = false;
  /** When to ask for the status next. */
  statusDueMs: number;
  statusFailures = 0;

  /** Work of the chain whose headers the peer has shown us. */
  shownWork = 0n;
  headersInFlight = false;
  headersAskedMs = 0;
  headersFailures = 0;
  headersRestUntilMs = 0;
  /** Something of the peer's did not connect: ask it for headers whatever its status says. */
  headersWanted = false;
  /** Last header of a full answer: the next request goes on from there. */
  headersFrom: BlockHash | undefined;
  /** A chain of headers that has not shown enough work yet to be stored. */
  presync: HeaderPresync | undefined;
  /** Work claimed by the status whose headers were already fetched to their end. */
  exhaustedWork: bigint | undefined;
  unconnectingAnswers = 0;
  lowWorkHeaders = 0;
  overclaims = 0;

  /** Blocks that the peer owes us. */
  blocksOwed = 0;
  /** Until when others are preferred, because the peer let a block request time out. */
  restsUntilMs = 0;
  /** Blocks that the peer has not: hash to the time when to try again. */
  readonly #lacks = new Map<BlockHash, number>();

  constructor(id: PeerId, nowMs: number) {
    this.id = id;
    this.statusDueMs = nowMs;
    this.pace = {
      status: new Gcra(PROTOCOL_LIMITS.status.perPeer, OWN_PACE),
      headers: new Gcra(PROTOCOL_LIMITS.headers.perPeer, OWN_PACE),
      blocks: new Gcra(PROTOCOL_LIMITS.blocks.perPeer, OWN_PACE),
    };
  }

  /** Work that the peer claims or has shown: what it can be asked for. */
  get knownWork(): bigint {
    const claimed = this.status?.chainWork ?? 0n;
    return claimed > this.shownWork ? claimed : this.shownWork;
  }

  /** Bounded by the download window: only blocks that were asked for get here, and they are forgotten after a while. */
  setLacking(hashes: readonly BlockHash[], nowMs: number): void {
    for (const [hash, untilMs] of this.#lacks) if (untilMs <= nowMs) this.#lacks.delete(hash);
    for (const hash of hashes) this.#lacks.set(hash, nowMs + MISSING_BLOCK_REST_MS);
  }

  lacks(hash: BlockHash, nowMs: number): boolean {
    return (this.#lacks.get(hash) ?? 0) > nowMs;
  }

  /** Time of the first "try again", Infinity when there is none. */
  nextRetryMs(nowMs: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const untilMs of this.#lacks.values()) if (untilMs > nowMs) next = Math.min(next, untilMs);
    return next;
  }
}
