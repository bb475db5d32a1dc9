import { AssertionFault, InputError } from "@forkyard/core/errors";
import { MAX_FORK_BLOCKS, MAX_REVENUE_STEPS, MAX_SWEEPS } from "../limits.ts";
import { selfishThreshold } from "../selfish-revenue.ts";
import type { MiningPolicy } from "./mining-action.ts";
import { type PolicyTable, policyOf } from "./policy-table.ts";
import { type WithholdingModel, WithholdingValues } from "./withholding-values.ts";

/** Values are iterated until no pass changes one by more: roughly for the first guesses of the revenue, then finely. */
const ROUGH_TOLERANCE = 1e-3;
const VALUE_TOLERANCE = 1e-9;
/** The revenue is refined until a step changes it by less. */
const REVENUE_TOLERANCE = 1e-9;
/** A cycle that earns more than this at the honest share is a profit and no rounding. */
const PROFIT_TOLERANCE = 1e-8;
/** Steps of the search for the threshold: each halves the interval. */
const THRESHOLD_BISECTIONS = 16;

export interface OptimalMining {
  /** Largest share of the blocks on the chain that withholding can earn. */
  readonly revenue: number;
  /** A strategy that earns it. */
  readonly table: PolicyTable;
}

/**
 * The best that a withholding miner can do (arXiv:1507.06183). For a guess rho of his share, value iteration finds the
 * strategy that earns most when each of his blocks is worth 1 − rho and each other one costs rho; the share of that
 * strategy is the next guess (Newton's step where the paper bisects). Forks end at `maxForkBlocks`, which makes the result a
 * lower bound; 95 blocks give four digits up to alpha = 0.45.
 * @throws InputError for an alpha outside 0..½, gamma outside 0..1, or branches too long to solve
 */
export function solveOptimalMining(model: WithholdingModel): OptimalMining {
  checkModel(model);
  const values = new WithholdingValues(model);
  let revenue = model.alpha;
  let tolerance = ROUGH_TOLERANCE;
  for (let step = 0; step < MAX_REVENUE_STEPS; step++) {
    iterate(values, revenue, tolerance);
    const { value, blocks } = values.cycle;
    const correction = value / blocks;
    revenue += correction;
    if (tolerance === VALUE_TOLERANCE && Math.abs(correction) < REVENUE_TOLERANCE) {
      return { revenue, table: { maxForkBlocks: model.maxForkBlocks, actions: values.actions.slice() } };
    }
    tolerance = Math.max(VALUE_TOLERANCE, Math.min(tolerance / 10, Math.abs(correction) / 100));
  }
  throw new AssertionFault(`no revenue after ${MAX_REVENUE_STEPS} steps`);
}

/** A best strategy, as a function of the state: what a simulated miner plays. */
export function optimalPolicy(model: WithholdingModel): MiningPolicy {
  return policyOf(solveOptimalMining(model).table);
}

/**
 * Least share of the hash power at which some strategy earns more than honest mining. Never above Eyal and Sirer's, whose
 * strategy is one of them.
 */
export function optimalThreshold(gamma: number, maxForkBlocks: number): number {
  let low = 0;
  let high = selfishThreshold(gamma) + 1e-6;
  for (let step = 0; step < THRESHOLD_BISECTIONS; step++) {
    const alpha = (low + high) / 2;
    const values = new WithholdingValues({ alpha, gamma, maxForkBlocks });
    iterate(values, alpha, VALUE_TOLERANCE);
    if (values.cycle.value > PROFIT_TOLERANCE) high = alpha;
    else low = alpha;
  }
  return high;
}

function iterate(values: WithholdingValues, rho: number, tolerance: number): void {
  for (let sweeps = 0; sweeps < MAX_SWEEPS; sweeps++) {
    if (values.sweep(rho) < tolerance) return;
  }
  throw new AssertionFault(`values still change after ${MAX_SWEEPS} passes`);
}

function checkModel({ alpha, gamma, maxForkBlocks }: WithholdingModel): void {
  if (!(alpha > 0 && alpha < 0.5)) throw new InputError(`alpha ${alpha}: a number above 0 and below 0.5`);
  if (!(gamma >= 0 && gamma <= 1)) throw new InputError(`gamma ${gamma}: a number from 0 to 1`);
  if (!Number.isSafeInteger(maxForkBlocks) || maxForkBlocks < 2 || maxForkBlocks > MAX_FORK_BLOCKS) {
    throw new InputError(`longest fork ${maxForkBlocks}: a whole number of blocks from 2 to ${MAX_FORK_BLOCKS}`);
  }
}
