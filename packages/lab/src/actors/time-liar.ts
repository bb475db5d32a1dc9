import { bitsToTarget } from "@forkyard/consensus/rules/target";
import { z } from "zod";
import { MAX_BLOCKS_PER_STEP } from "../limits.ts";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { ActorKind } from "../run/actor-kind.ts";
import type { JsonValue } from "../run/result.ts";
import { durationMs, nodeName, offsetSeconds } from "../scenario/values.ts";
import type { MinedEvent, WorldEvent } from "../world/event.ts";
import { defineActor } from "./define-actor.ts";

/** Bitcoin's retarget period. */
const BITCOIN_PERIOD_BLOCKS = 2_016;
/** Headers whose median time the next must exceed. */
const MEDIAN_BLOCKS = 11;

interface TimeLiarOptions {
  readonly node: string;
  readonly offset: number;
  readonly after: number;
}

const liarSchema: z.ZodType<TimeLiarOptions> = z.strictObject({
  node: nodeName.describe("Whose clock is wrong: its blocks are dated by it, and others' blocks are held against it."),
  offset: offsetSeconds.describe("How far its clock is off the world's."),
  after: durationMs.prefault("0s").describe("When that begins."),
});

/**
 * A miner with a wrong clock, by mistake or on purpose: headers are dated by it. Others refuse what is dated more than two
 * hours ahead of their own clock. Result: `mined` blocks since, `refused` times that somebody refused one of them.
 */
export const timeLiar: ActorKind = defineActor({
  description: "Mines with a clock that is off.",
  results: ["mined", "refused"],
  schema: liarSchema,
  create: (options) => new TimeLiar(options),
});

class TimeLiar implements Actor {
  readonly #options: TimeLiarOptions;
  readonly #blocks = new Set<string>();
  #lying = false;
  #refused = 0;

  constructor(options: TimeLiarOptions) {
    this.#options = options;
  }

  start(context: ActorContext): void {
    const { node, offset, after } = this.#options;
    context.after(after, () => {
      this.#lying = true;
      context.perform({ kind: "clock", node, offsetSeconds: offset });
    });
  }

  observe(event: WorldEvent): void {
    if (event.type === "mined" && event.node === this.#options.node && this.#lying) this.#blocks.add(event.hash);
    if (event.type === "refused" && this.#blocks.has(event.hash)) this.#refused += 1;
  }

  done(): boolean {
    return this.#lying;
  }

  result(): { readonly [field: string]: JsonValue } {
    return { mined: this.#blocks.size, refused: this.#refused };
  }
}

interface TimewarpOptions {
  readonly node: string;
  readonly period: number;
  readonly blocks: number;
}

const timewarpSchema: z.ZodType<TimewarpOptions> = z.strictObject({
  node: nodeName.describe("Whose hash power it is: a large majority, as each honest block spoils some of it."),
  period: z
    .int()
    .min(MEDIAN_BLOCKS + 1)
    .max(MAX_BLOCKS_PER_STEP)
    .default(BITCOIN_PERIOD_BLOCKS)
    .describe("Blocks of the network's retarget period."),
  blocks: z.int().min(1).max(MAX_BLOCKS_PER_STEP).describe("Blocks that it mines before it is done."),
});

/**
 * Timewarp attack (ArtForz on bitcointalk, 2011; Geist Geld and others lost to it): the target follows from the first and
 * last block of each period, and periods do not overlap. All blocks are dated as early as the median rule lets them, but
 * the last of each period by the true time: every period seems to have taken ever longer, and the difficulty falls. BIP94
 * (testnet4) and BIP54 end it by bounding how far the first block of a period may lie before its parent.
 * Result: `mined`, `easier` (last target divided by the first: 4 = a quarter of the difficulty), `tookMs`.
 */
export const timewarpMiner: ActorKind = defineActor({
  description: "Dates its blocks so that the difficulty falls: early all the time, truly at the end of a period.",
  results: ["mined", "easier", "tookMs"],
  schema: timewarpSchema,
  create: (options) => new TimewarpMiner(options),
});

class TimewarpMiner implements Actor {
  readonly #options: TimewarpOptions;
  #context!: ActorContext;
  readonly #times: number[] = [];
  /** Header time at the beginning of the scenario's clock, learnt from the first block. */
  #epochSeconds: number | undefined;
  #firstBits: number | undefined;
  #lastBits = 0;
  #mined = 0;
  #endedMs: number | undefined;

  constructor(options: TimewarpOptions) {
    this.#options = options;
  }

  start(context: ActorContext): void {
    this.#context = context;
  }

  observe(event: WorldEvent): void {
    if (event.type !== "mined" || event.node !== this.#options.node || this.done()) return;
    this.#note(event);
    if (this.#mined >= this.#options.blocks) this.#end();
    else this.#setClock(event.height + 1);
  }

  done(): boolean {
    return this.#endedMs !== undefined;
  }

  result(): { readonly [field: string]: JsonValue } {
    const easier =
      this.#firstBits === undefined ? 1 : ratio(bitsToTarget(this.#lastBits), bitsToTarget(this.#firstBits));
    return { mined: this.#mined, easier, tookMs: this.#endedMs ?? this.#context.nowMs() };
  }

  #note({ timeSeconds, bits }: MinedEvent): void {
    this.#mined += 1;
    this.#firstBits ??= bits;
    this.#lastBits = bits;
    this.#epochSeconds ??= timeSeconds - Math.floor(this.#context.nowMs() / 1_000);
    this.#times.push(timeSeconds);
    if (this.#times.length > MEDIAN_BLOCKS) this.#times.shift();
  }

  /** The true time for the last block of a period, else the earliest that is allowed. */
  #setClock(nextHeight: number): void {
    const trueSeconds = (this.#epochSeconds ?? 0) + Math.floor(this.#context.nowMs() / 1_000);
    const isLast = nextHeight % this.#options.period === this.#options.period - 1;
    const offset = isLast ? 0 : Math.min(0, this.#median() + 1 - trueSeconds);
    this.#context.perform({ kind: "clock", node: this.#options.node, offsetSeconds: offset });
  }

  #median(): number {
    const sorted = this.#times.toSorted((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? 0;
  }

  #end(): void {
    this.#endedMs = this.#context.nowMs();
    this.#context.perform({ kind: "clock", node: this.#options.node, offsetSeconds: 0 });
  }
}

/** Quotient to six digits. */
function ratio(numerator: bigint, denominator: bigint): number {
  return Number((numerator * 1_000_000n) / denominator) / 1_000_000;
}
