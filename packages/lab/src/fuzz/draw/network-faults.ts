import type { Command } from "../../world/command.ts";
import type { RandomStream } from "../../world/sim/random/stream.ts";
import { between, chance, type DrawGroup, later, moment, pick } from "./draw-parts.ts";

const command = (atMs: number, what: Command): ReturnType<DrawGroup>[number] => ({
  atMs,
  action: { kind: "command", command: what },
});

/** TigerBeetle's simulator: messages lost up to 30 %, links clogged up to 5 s, delays around 30 to 100 ms. */
const MAX_LOSS_PERCENT = 30;
const MAX_CLOG_MS = 5_000;
/**
 * Whole minutes that a clock may be off. Where difficulty follows the clocks of headers, miners go on from the time of the
 * tip: a clock that jumps from behind to ahead takes the chain with it, and all jumps together must stay below the two
 * hours that blocks may lie ahead of the others' clocks.
 */
const MAX_CLOCK_MINUTES = 25;
const SECONDS_PER_MINUTE = 60;

/** Two islands; one node may be on neither, and then links them all the same. */
export const drawPartition: DrawGroup = (random, shape) => {
  const atMs = moment(random, shape, 0.8);
  const order = shuffled(shape.nodes, random);
  const bridge = order.length > 2 && chance(random, 0.3) ? 1 : 0;
  const members = order.slice(bridge);
  const cut = between(random, 1, Math.max(1, members.length - 1));
  const groups = [members.slice(0, cut), members.slice(cut)].filter(({ length }) => length > 0);
  const partition = command(atMs, { kind: "partition", groups });
  return chance(random, 0.8) ? [partition, command(later(random, atMs, shape), { kind: "heal" })] : [partition];
};

/** A link that loses, is slow, or hangs for a while. */
export const drawLink: DrawGroup = (random, shape) => {
  const atMs = moment(random, shape);
  const link = (change: Partial<Extract<Command, { kind: "link" }>>): Command => ({
    kind: "link",
    between: pair,
    ...change,
  });
  const pair = pick(random, shape.pairs);
  if (chance(random, 0.4)) return [command(atMs, link({ loss: between(random, 1, MAX_LOSS_PERCENT) / 100 }))];
  const clogged = command(
    atMs,
    link({ latencyMs: between(random, 100, MAX_CLOG_MS), jitterMs: between(random, 0, 500) }),
  );
  return [clogged, command(later(random, atMs, shape), link({ latencyMs: between(random, 30, 100), jitterMs: 0 }))];
};

/** FoundationDB's swizzle: links go one by one, and come back in another order. */
export const drawSwizzle: DrawGroup = (random, shape) => {
  const atMs = moment(random, shape, 0.6);
  const cut = shuffled(shape.pairs, random).slice(0, between(random, 1, shape.pairs.length));
  const stepMs = between(random, 10, 2_000);
  const back = atMs + cut.length * stepMs + between(random, 0, 20_000);
  return [
    ...cut.map((pair, i) => command(atMs + i * stepMs, { kind: "link", between: pair, up: false })),
    ...shuffled(cut, random).map((pair, i) => command(back + i * stepMs, { kind: "link", between: pair, up: true })),
  ];
};

/** A node dies or is stopped, mostly with a disk that lost only what was on its way to it, and mostly comes back. */
export const drawCrash: DrawGroup = (random, shape) => {
  const node = pick(random, shape.nodes);
  const atMs = moment(random, shape, 0.8);
  const kind = chance(random, 0.7) ? "crash" : "stop";
  const disk = kind === "crash" && chance(random, 0.3) ? pick(random, ["wipe", "flip-bit"] as const) : "keep";
  const end = command(atMs, { kind, node, ...(disk === "keep" ? {} : { disk }) });
  const again = chance(random, 0.4) ? atMs + between(random, 1, 500) : later(random, atMs, shape);
  return chance(random, 0.85) ? [end, command(again, { kind: "start", node })] : [end];
};

export const drawClock: DrawGroup = (random, shape) => {
  const node = pick(random, shape.nodes);
  const minutes = between(random, -MAX_CLOCK_MINUTES, MAX_CLOCK_MINUTES);
  return [command(moment(random, shape), { kind: "clock", node, offsetSeconds: minutes * SECONDS_PER_MINUTE })];
};

function shuffled<T>(items: readonly T[], random: RandomStream): T[] {
  const keyed = items.map((item) => ({ item, key: random.uniform() }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}
