import type { NodeName } from "../../world.ts";
import type { RandomStream } from "../random/stream.ts";

export interface LinkSettings {
  readonly latencyMs: number;
  /** Up to so much is added to the latency of each message. */
  readonly jitterMs: number;
  /** Undefined: as many as one likes. */
  readonly bytesPerSecond: number | undefined;
  /** Fraction of messages that are lost and sent again. */
  readonly loss: number;
}

/** Shortest time after which what was lost is sent again; TCP's usual minimum. */
const MIN_RESEND_MS = 200;
/** A message that was lost so often in a row gets through: a loss of 1 is what cutting the link is for. */
const MAX_RESENDS = 20;
const US_PER_MS = 1_000;
const US_PER_SECOND = 1_000_000;

/** One direction of a link. */
interface Direction {
  /** Made when it is first needed: most links lose nothing and never tremble. */
  random: RandomStream | undefined;
  readonly to: NodeName;
  /** When the line is free again. */
  freeUs: number;
  /** When the last message arrives: nothing overtakes it. */
  lastArrivalUs: number;
}

/** What lies between two nodes, whether or not they are connected over it. */
export class Link {
  readonly a: NodeName;
  readonly b: NodeName;
  settings: LinkSettings;
  /** Switched on by the scenario. */
  up = true;
  /** Cut by a partition. */
  cut = false;
  /** Goes up with every connection that is made or broken: what was on its way over an older one is lost. */
  epoch = 0;
  connected = false;
  readonly #random: (from: NodeName, to: NodeName) => RandomStream;
  readonly #fromA: Direction;
  readonly #fromB: Direction;

  constructor(
    between: readonly [NodeName, NodeName],
    settings: LinkSettings,
    random: (from: NodeName, to: NodeName) => RandomStream,
  ) {
    [this.a, this.b] = between;
    this.settings = settings;
    this.#random = random;
    this.#fromA = { random: undefined, to: this.b, freeUs: 0, lastArrivalUs: 0 };
    this.#fromB = { random: undefined, to: this.a, freeUs: 0, lastArrivalUs: 0 };
  }

  other(node: NodeName): NodeName {
    return node === this.a ? this.b : this.a;
  }

  /** When a message of `bytes` that is sent now arrives, microseconds. Messages of one direction keep their order. */
  arrivalUs(from: NodeName, bytes: number, nowUs: number): number {
    const direction = from === this.a ? this.#fromA : this.#fromB;
    const { latencyMs, jitterMs, bytesPerSecond, loss } = this.settings;
    let leavesUs = nowUs;
    if (bytesPerSecond !== undefined) {
      leavesUs = Math.max(nowUs, direction.freeUs) + (bytes / bytesPerSecond) * US_PER_SECOND;
      direction.freeUs = leavesUs;
    }
    let delayMs = latencyMs;
    if (jitterMs > 0) delayMs += jitterMs * this.#streamOf(direction).uniform();
    if (loss > 0) delayMs += this.#resends(direction, loss) * Math.max(MIN_RESEND_MS, 2 * latencyMs);
    const arrival = Math.max(direction.lastArrivalUs, Math.ceil(leavesUs + delayMs * US_PER_MS));
    direction.lastArrivalUs = arrival;
    return arrival;
  }

  #streamOf(direction: Direction): RandomStream {
    direction.random ??= this.#random(this.other(direction.to), direction.to);
    return direction.random;
  }

  #resends(direction: Direction, loss: number): number {
    const random = this.#streamOf(direction);
    let resends = 0;
    while (resends < MAX_RESENDS && random.uniform() < loss) resends += 1;
    return resends;
  }
}
