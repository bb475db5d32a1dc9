import { z } from "zod";
import { MAX_BLOCKS_PER_STEP } from "../limits.ts";
import { DEFAULT_FORK_BLOCKS, MAX_FORK_BLOCKS } from "../odds/limits.ts";
import { optimalPolicy, solveOptimalMining } from "../odds/optimal-mining/optimal-mining.ts";
import { selfishRevenue } from "../odds/selfish-revenue.ts";
import type { ActorKind } from "../run/actor-kind.ts";
import { nodeName, share } from "../scenario/values.ts";
import { defineActor } from "./define-actor.ts";
import { nodeList } from "./node-list.ts";
import { hashShareOf } from "./scenario-facts.ts";
import { WithholdingMiner } from "./withholding-miner.ts";
import { selfish, stubborn } from "./withholding-policies.ts";
import { WITHHOLDING_RESULTS } from "./withholding-tally.ts";

const MAX_TRAIL_BLOCKS = 100;

interface SelfishOptions {
  readonly node: string;
  readonly sensors: readonly string[];
  readonly blocks?: number | undefined;
}

interface StubbornOptions extends SelfishOptions {
  readonly lead: boolean;
  readonly equalFork: boolean;
  readonly trail: number;
}

interface OptimalOptions extends SelfishOptions {
  readonly gamma: number;
  readonly alpha?: number | undefined;
  readonly longestFork: number;
}

const shared = {
  node: nodeName.describe("Whose hash power it is."),
  sensors: nodeList
    .default([])
    .describe("Nodes without hash power, each linked to one miner only, that hear of blocks before its own node does."),
  blocks: z
    .int()
    .min(1)
    .max(MAX_BLOCKS_PER_STEP)
    .optional()
    .describe("Blocks of the chain after which it mines honestly again and is done. Default: never."),
};

const selfishSchema: z.ZodType<SelfishOptions> = z.strictObject(shared);
const stubbornSchema: z.ZodType<StubbornOptions> = z.strictObject({
  ...shared,
  lead: z.boolean().default(false).describe("Others come within one block: only draws level."),
  equalFork: z.boolean().default(false).describe("Keeps the block secret that would win a race."),
  trail: z.int().min(0).max(MAX_TRAIL_BLOCKS).default(0).describe("Blocks behind that it stays before giving up."),
});
const optimalSchema: z.ZodType<OptimalOptions> = z.strictObject({
  ...shared,
  gamma: share.prefault("0%").describe("Share of the others' power that it expects to win in a race."),
  alpha: share.optional().describe("Share of hash power that it reckons with. Default: its own."),
  longestFork: z
    .int()
    .min(2)
    .max(MAX_FORK_BLOCKS)
    .default(DEFAULT_FORK_BLOCKS)
    .describe("Blocks after which a fork is ended."),
});

/** The model has no answer from one half on. */
const MOST_SOLVED_ALPHA = 0.499;

/**
 * Selfish mining (I. Eyal, E. G. Sirer, Majority is not Enough, FC 2014): SM1 with real blocks. How many follow its block
 * in a race (gamma) comes from topology and latency and is counted: its node passes others' blocks on like every node, so
 * gamma is near 0 unless `sensors` tell it of a block before its own node has it. Result: see {@link WithholdingTally.summary}.
 */
export const selfishMiner: ActorKind = defineActor({
  description: "Keeps found blocks secret and publishes them when others draw near (Eyal and Sirer's SM1).",
  branches: ["N"],
  results: WITHHOLDING_RESULTS,
  schema: selfishSchema,
  create: ({ node, sensors, blocks }, { name }) =>
    new WithholdingMiner({ name, node, sensors, blocks, policy: selfish, theory: selfishRevenue }),
});

/** Stubborn mining (K. Nayak and others, EuroS&P 2016). Result as of selfish mining, without a formula. */
export const stubbornMiner: ActorKind = defineActor({
  description: "Selfish mining that gives up later: lead, equal-fork and trail stubborn (Nayak and others).",
  branches: ["N"],
  results: WITHHOLDING_RESULTS,
  schema: stubbornSchema,
  create: ({ node, sensors, blocks, lead, equalFork, trail }, { name }) =>
    new WithholdingMiner({
      name,
      node,
      sensors,
      blocks,
      policy: stubborn({ lead, equalFork, trail }),
      theory: undefined,
    }),
});

/**
 * Optimal selfish mining (A. Sapirshtein, Y. Sompolinsky, A. Zohar, FC 2016): the policy that a solver finds for its share
 * and the gamma it expects. Result as of selfish mining; `expectedShare` is the solver's optimum for the fraction of blocks
 * that it found and the gamma it expects.
 */
export const optimalSelfishMiner: ActorKind = defineActor({
  description: "Withholds and publishes by the policy that is optimal for its share (Sapirshtein and others).",
  branches: ["N"],
  results: WITHHOLDING_RESULTS,
  schema: optimalSchema,
  create: ({ node, sensors, blocks, gamma, alpha, longestFork }, setup) => {
    const model = { alpha: alpha ?? hashShareOf(setup, node), gamma, maxForkBlocks: longestFork };
    const solved = optimalPolicy(model);
    return new WithholdingMiner({
      name: setup.name,
      node,
      sensors,
      blocks,
      policy: ({ own, others, forkState }) => solved(own, others, forkState),
      theory: (found) =>
        found === 0 ? 0 : solveOptimalMining({ ...model, alpha: Math.min(found, MOST_SOLVED_ALPHA) }).revenue,
    });
  },
});
