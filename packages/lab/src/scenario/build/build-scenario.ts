import { MAX_SCENARIO_ACTORS, MAX_SCENARIO_VARIANTS, MAX_SCENARIO_WALLETS, MAX_TIME_LIMIT_MS } from "../../limits.ts";
import type { ActorKinds } from "../../run/actor-kind.ts";
import { type DocumentPath, Mistakes } from "../mistakes.ts";
import type { Scenario, ScenarioNetwork, ScenarioWallet, SweepPlan } from "../model.ts";
import { millisecondsOf, satoshisOf } from "../values.ts";
import type { WrittenScenario, WrittenSweep } from "../written.ts";
import { buildActors } from "./build-actors.ts";
import { buildCondition } from "./build-condition.ts";
import { buildExpectations } from "./build-expectation.ts";
import { buildLinks } from "./build-links.ts";
import { buildNodes } from "./build-nodes.ts";
import { buildTimeline } from "./build-timeline.ts";
import { Names } from "./names.ts";

const DEFAULT_BLOCK_INTERVAL = "10m";
const DEFAULT_MATURITY = 100;
/** Rewards that can be spent when a scenario begins, when it does not say how many. */
const SPARE_BOOTSTRAP_BLOCKS = 10;
const DEFAULT_SETTLE = "10s";
const DEFAULT_TIME_LIMIT = "1d";

/** Where a scenario comes from, besides what it says. */
export interface ScenarioOrigin {
  readonly name: string;
  readonly explanation: string;
  readonly lineOf: (path: DocumentPath) => number;
  readonly kinds: ActorKinds;
}

/**
 * Spreads out, converts and checks what was written; variants and sweep are left to the caller.
 * @param mistakes takes what is wrong; when there is something, the scenario must not be used
 */
export function buildScenario(written: WrittenScenario, origin: ScenarioOrigin, mistakes: Mistakes): Scenario {
  const { lineOf } = origin;
  refuseTooMany(written, mistakes);
  const nodes = buildNodes(written.nodes, mistakes);
  const names = new Names(written, nodes, origin.kinds, mistakes);
  const nodeNames = nodes.map((node) => node.name);
  const links = buildLinks(written, nodeNames, names, mistakes);
  names.declareLinks(links);
  const wallets = buildWallets(written, names);
  // Steps before actors and expectations: they declare the payments that those refer to.
  const timeline = buildTimeline(written.timeline ?? [], names, mistakes, lineOf);
  const timeLimitMs = millisecondsOf(written.timeLimit ?? DEFAULT_TIME_LIMIT);
  if (timeLimitMs === 0 || timeLimitMs > MAX_TIME_LIMIT_MS) mistakes.add(["timeLimit"], "more than 0s, at most 3650d");
  refuseTooLate(written, timeLimitMs, mistakes);
  if (written.worlds !== undefined && !written.worlds.includes("sim")) {
    mistakes.add(["worlds"], "the simulator is always one of them: [sim] or [sim, live]");
  }
  return {
    name: origin.name,
    title: written.title,
    explanation: origin.explanation,
    worlds: written.worlds ?? ["sim", "live"],
    network: buildNetwork(written.network ?? "devnet", mistakes),
    seed: written.seed ?? 1,
    nodes,
    links,
    wallets,
    actors: buildActors(written, origin.kinds, names, mistakes),
    timeline,
    end: written.end === undefined ? undefined : buildCondition(written.end, ["end"], names),
    settleMs: millisecondsOf(written.settle ?? DEFAULT_SETTLE),
    timeLimitMs,
    expectations: buildExpectations(written.expect, ["expect"], names, lineOf),
    variants: [],
    sweep: written.sweep === undefined ? undefined : buildSweep(written.sweep, names, mistakes),
  };
}

/** What would only happen when the run is over. */
function refuseTooLate(written: WrittenScenario, timeLimitMs: number, mistakes: Mistakes): void {
  const steps = (written.timeline ?? []).map(({ at }, index) => [at, ["timeline", index, "at"]] as const);
  for (const [at, path] of [...steps, [written.end?.at, ["end", "at"]] as const]) {
    if (at !== undefined && millisecondsOf(at) > timeLimitMs) {
      mistakes.add(
        path,
        `at ${at} is never: the run is over at its timeLimit, ${written.timeLimit ?? DEFAULT_TIME_LIMIT}`,
      );
    }
  }
}

function buildNetwork(written: NonNullable<WrittenScenario["network"]>, mistakes: Mistakes): ScenarioNetwork {
  const given = typeof written === "string" ? { rules: written } : written;
  const coinbaseMaturity = given.maturity ?? DEFAULT_MATURITY;
  const blockIntervalMs = millisecondsOf(given.blockInterval ?? DEFAULT_BLOCK_INTERVAL);
  if (blockIntervalMs === 0) mistakes.add(["network", "blockInterval"], "more than 0s");
  return {
    rules: given.rules ?? "devnet",
    blockIntervalMs,
    retarget: given.retarget ?? "none",
    coinbaseMaturity,
    bootstrapBlocks: given.bootstrap ?? coinbaseMaturity + SPARE_BOOTSTRAP_BLOCKS,
  };
}

function buildWallets(written: WrittenScenario, names: Names): readonly ScenarioWallet[] {
  return Object.entries(written.wallets ?? {}).map(([name, value]) => {
    if (typeof value === "string") return { name, node: names.node(["wallets", name], value), coins: 0n };
    return { name, node: names.node(["wallets", name, "node"], value.node), coins: satoshisOf(value.coins ?? "0 sat") };
  });
}

function buildSweep(written: WrittenSweep, names: Names, mistakes: Mistakes): SweepPlan {
  for (const [index, measure] of written.measures.entries()) {
    const path = ["sweep", "measures", index];
    if (measure === "passed") continue;
    if (!/^[^.]+\../.test(measure)) mistakes.add(path, "a measure is passed or ACTOR.FIELD");
    else names.result(path, measure);
  }
  const ranges = Object.entries(written.ranges).map(([path, values]) => ({ path, values }));
  return { ranges, seeds: written.seeds ?? 1, measures: written.measures };
}

function refuseTooMany(written: WrittenScenario, mistakes: Mistakes): void {
  const limits = { wallets: MAX_SCENARIO_WALLETS, actors: MAX_SCENARIO_ACTORS, variants: MAX_SCENARIO_VARIANTS };
  for (const [key, limit] of Object.entries(limits)) {
    const count = Object.keys(written[key as keyof typeof limits] ?? {}).length;
    if (count > limit) mistakes.add([key], `${count} ${key}: at most ${limit}`);
  }
}
