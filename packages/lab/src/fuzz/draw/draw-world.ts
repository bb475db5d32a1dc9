import type { ScenarioLink, ScenarioNetwork } from "../../scenario/model.ts";
import { type RandomStream, RandomStreams } from "../../world/sim/random/stream.ts";
import type { NodeName } from "../../world/world.ts";
import { FAULT_CLASSES, type FaultClass, type FuzzEvent, type FuzzWorld } from "../fuzz-world.ts";
import { between, chance, type DrawGroup, pick, type WorldShape } from "./draw-parts.ts";
import { drawHostilePeer } from "./hostile-faults.ts";
import { drawMining, drawOperator, drawWithheldBranch } from "./mining-faults.ts";
import { drawDoubleSpend, drawPayment } from "./money-faults.ts";
import { drawClock, drawCrash, drawLink, drawPartition, drawSwizzle } from "./network-faults.ts";

/** How often a class is part of a world, and how many groups of its events there are then. */
interface ClassPlan {
  readonly probability: number;
  readonly groups: readonly [least: number, most: number];
  readonly draw: DrawGroup;
}

const PLANS: Readonly<Record<FaultClass, ClassPlan>> = {
  payments: { probability: 0.8, groups: [1, 6], draw: drawPayment },
  "double-spends": { probability: 0.4, groups: [1, 3], draw: drawDoubleSpend },
  mining: { probability: 0.5, groups: [1, 4], draw: drawMining },
  "withheld-branches": { probability: 0.4, groups: [1, 2], draw: drawWithheldBranch },
  partitions: { probability: 0.35, groups: [1, 3], draw: drawPartition },
  links: { probability: 0.35, groups: [1, 4], draw: drawLink },
  swizzle: { probability: 0.15, groups: [1, 1], draw: drawSwizzle },
  crashes: { probability: 0.4, groups: [1, 3], draw: drawCrash },
  clocks: { probability: 0.2, groups: [1, 3], draw: drawClock },
  operators: { probability: 0.25, groups: [1, 3], draw: drawOperator },
  "hostile-peers": { probability: 0.3, groups: [1, 2], draw: drawHostilePeer },
};

/** Nodes of a world when nobody says how many at most. */
export const DEFAULT_MAX_NODES = 5;
const MIN_NODES = 2;
const BLOCK_INTERVAL_MS = 10_000;
/** Rewards that are soon spent are lost again with short branches. */
const COINBASE_MATURITIES = [1, 3];
const BOOTSTRAP_BLOCKS = 6;
/** Length of the noisy part, in block intervals. */
const INTERVALS: readonly [number, number] = [6, 14];
/** Who has little can pay with the rewards of blocks only, as soon as they may be spent. */
const COINS_PER_WALLET = [1_000_000_000n, 1_000_000_000n, 20_000_000n];
const MAX_WALLETS = 3;

/** The random world of a seed. */
export function drawWorld(seed: number, maxNodes: number = DEFAULT_MAX_NODES): FuzzWorld {
  const streams = new RandomStreams(seed);
  const random = streams.of("world", "shape");
  const names = Array.from(
    { length: between(random, MIN_NODES, Math.max(MIN_NODES, maxNodes)) },
    (_, i) => `n${i + 1}`,
  );
  const nodes = withShares(names, random);
  const links = drawLinks(names, random);
  const network = drawNetwork(random);
  const wallets = names.slice(0, between(random, 1, MAX_WALLETS)).map((node, i) => ({
    name: `w${i + 1}`,
    node,
    coins: pick(random, COINS_PER_WALLET),
  }));
  const durationMs = between(random, ...INTERVALS) * BLOCK_INTERVAL_MS;
  const pairs = links.map(({ between: pair }) => pair);
  const shape = { network, nodes: names, pairs, wallets: wallets.map(({ name }) => name), durationMs };
  return { seed, network, nodes, links, wallets, durationMs, events: drawEvents(streams, shape) };
}

function drawEvents(streams: RandomStreams, shape: WorldShape): FuzzEvent[] {
  const events = FAULT_CLASSES.flatMap((fault) => {
    const { probability, groups, draw } = PLANS[fault];
    const random = streams.of("faults", fault);
    if (!chance(random, probability)) return [];
    return Array.from({ length: between(random, ...groups) }, (_, index) =>
      draw(streams.of("faults", `${fault} ${index}`), shape, index + 1).map((event) => ({ ...event, fault })),
    ).flat();
  });
  return events.toSorted((a, b) => a.atMs - b.atMs);
}

/** Difficulty that follows the clocks of headers gives branches of more blocks and less work. */
function drawNetwork(random: RandomStream): ScenarioNetwork {
  return {
    rules: "regtest",
    blockIntervalMs: BLOCK_INTERVAL_MS,
    retarget: chance(random, 0.4) ? "asert" : "none",
    coinbaseMaturity: pick(random, COINBASE_MATURITIES),
    bootstrapBlocks: BOOTSTRAP_BLOCKS,
  };
}

/** Whole percent; in some worlds only steps mine. */
function withShares(names: readonly NodeName[], random: RandomStream): FuzzWorld["nodes"] {
  if (chance(random, 0.1)) return names.map((name) => ({ name, hashShare: 0 }));
  let left = 100;
  return names.map((name, i) => {
    const share = i === names.length - 1 ? left : random.below(left + 1);
    left -= share;
    return { name, hashShare: share / 100 };
  });
}

/** A line through all nodes, so that every one can be reached, and some more links. */
function drawLinks(names: readonly NodeName[], random: RandomStream): ScenarioLink[] {
  const density = pick(random, [0, 0.5, 1]);
  const settings = (): Omit<ScenarioLink, "between"> => ({
    latencyMs: between(random, 30, 100),
    jitterMs: pick(random, [0, 10, 50]),
    bytesPerSecond: undefined,
    loss: 0,
  });
  return names.flatMap((a, i) =>
    names
      .slice(i + 1)
      .filter((_, gap) => gap === 0 || chance(random, density))
      .map((b) => ({ between: [a, b] as const, ...settings() })),
  );
}
