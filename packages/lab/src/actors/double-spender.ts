import { z } from "zod";
import { MAX_CONFIRMATIONS } from "../odds/limits.ts";
import { rosenfeldProbability } from "../odds/rosenfeld.ts";
import { strictProbability } from "../odds/strict.ts";
import type { ActorKind, ActorSetup } from "../run/actor-kind.ts";
import { nodeName, satoshis, walletName } from "../scenario/values.ts";
import { GIVE_UP_BEHIND_BLOCKS, PERSIST_BLOCKS, USUAL_CONFIRMATIONS } from "./defaults.ts";
import { defineActor } from "./define-actor.ts";
import { DoubleSpender, type DoubleSpendPlan } from "./double-spend-rounds.ts";
import { HEIST_RESULTS } from "./heist-tally.ts";
import { confirmationsAskedBy, hashShareOf, nodeOfWallet } from "./scenario-facts.ts";

const MAX_ROUNDS = 100_000;
const MAX_BRANCH = 100_000;

interface DoubleSpenderOptions {
  readonly wallet: string;
  readonly node?: string | undefined;
  readonly victim: string;
  readonly amount: bigint;
  readonly confirmations?: number | undefined;
  readonly preMined: number;
  readonly lead: number;
  readonly releaseAtDepth?: number | undefined;
  readonly giveUpBehind: number;
  readonly persist: number;
  readonly rounds: number;
  readonly untilSuccess: boolean;
}

const blocks = (least: number): z.ZodInt => z.int().min(least).max(MAX_BRANCH);

const schema: z.ZodType<DoubleSpenderOptions> = z.strictObject({
  wallet: walletName.describe("Whose coins are spent twice."),
  node: nodeName.optional().describe("Whose hash power mines the secret branch. Default: the node of the wallet."),
  victim: walletName.describe("The wallet that is paid; its node is the one that must accept, and be reorganised."),
  amount: satoshis.describe("What is paid in each round."),
  confirmations: z
    .int()
    .min(0)
    .max(MAX_CONFIRMATIONS)
    .optional()
    .describe("Confirmations that it waits for. Default: what the victim's merchant or exchange asks for."),
  preMined: blocks(0).default(0).describe("Blocks that the branch must be ahead before the victim is paid."),
  lead: blocks(1).default(1).describe("Blocks by which the branch must be ahead to be published."),
  releaseAtDepth: blocks(1)
    .optional()
    .describe("Publishes when just so many public blocks lie above the fork, whether or not the victim has accepted."),
  giveUpBehind: blocks(1).default(GIVE_UP_BEHIND_BLOCKS).describe("Blocks behind at which a round is lost."),
  persist: blocks(0)
    .default(PERSIST_BLOCKS)
    .describe("Blocks it still mines when the victim does not follow a published branch that is ahead."),
  rounds: z.int().min(1).max(MAX_ROUNDS).default(1).describe("How often it tries."),
  untilSuccess: z.boolean().default(false).describe("Stops after the first round that succeeds."),
});

/**
 * Pays, mines a branch in secret from before the payment with the same coins paid back to itself, and publishes it once
 * the victim has delivered and the branch is ahead (S. Nakamoto, 2008, section 11; M. Rosenfeld, arXiv:1402.2009).
 * Payments of round 1: `NAME.pay-1` and `NAME.refund-1`; branch `NAME.branch-1`.
 * Result: see {@link HeistTally.summary}, the formula being the one for its share of hash power at the start (absent with
 * `releaseAtDepth` or more than one block mined ahead); `resisted`: rounds in which the published branch was ahead and
 * refused; `failed`: why it stopped, or null.
 */
export const doubleSpender: ActorKind = defineActor({
  description: "Pays, mines a branch without the payment in secret, and publishes it once the goods are there.",
  payments: ["pay-N", "refund-N"],
  branches: ["branch-N"],
  results: [...HEIST_RESULTS, "expectedSuccessRate", "deviationSigmas", "resisted", "failed"],
  schema,
  create: (options, setup) => new DoubleSpender(planOf(options, setup)),
});

function planOf(options: DoubleSpenderOptions, setup: ActorSetup): DoubleSpendPlan {
  const node = options.node ?? nodeOfWallet(setup, options.wallet);
  const asked = confirmationsAskedBy(setup, options.victim);
  const confirmations = options.confirmations ?? asked ?? USUAL_CONFIRMATIONS;
  return {
    ...options,
    name: setup.name,
    scenario: setup.scenario,
    node,
    victimNode: nodeOfWallet(setup, options.victim),
    confirmations,
    askedConfirmations: asked ?? confirmations,
    expected: expectedSuccess(options, confirmations, hashShareOf(setup, node)),
  };
}

function expectedSuccess(options: DoubleSpenderOptions, confirmations: number, q: number): number | undefined {
  if (options.releaseAtDepth !== undefined || options.lead !== 1 || confirmations === 0) return undefined;
  if (options.preMined === 0) return strictProbability(q, confirmations);
  return options.preMined === 1 ? rosenfeldProbability(q, confirmations) : undefined;
}
