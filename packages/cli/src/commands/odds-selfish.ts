import { DEFAULT_FORK_BLOCKS, MAX_FORK_BLOCKS } from "@forkyard/lab/odds/limits";
import { type OptimalMining, solveOptimalMining } from "@forkyard/lab/odds/optimal-mining/optimal-mining";
import { selfishRevenue, selfishThreshold } from "@forkyard/lab/odds/selfish-revenue";
import { type ShareEstimate, shareEstimate } from "@forkyard/lab/odds/simulation/estimate";
import type { LinePlot } from "@forkyard/lab/plot/line-plot";
import { outputOf } from "../context.ts";
import { chanceText, estimateLines, labelled } from "../output/odds-lines.ts";
import type { Output } from "../output/output.ts";
import { writePlot } from "../output/write-plot.ts";
import { type OddsOptions, parseNumber, parseShare, parseWhole, simulateIfAsked } from "./odds-options.ts";

const CITATION = "I. Eyal, E. G. Sirer, Majority is not Enough, FC 2014 (arXiv:1311.0243), section 4, equation (8)";
const CONVENTION =
  "share of the blocks on the chain in the long run; algorithm 1 (SM1); no delay; difficulty has followed";
const OPTIMAL_CITATION =
  "A. Sapirshtein, Y. Sompolinsky, A. Zohar, Optimal Selfish Mining Strategies, arXiv:1507.06183";
/** Steps of a curve over alpha from 0 to just below ½. */
const CURVE_POINTS = 98;
const CURVE_STEP = 0.005;

export interface SelfishOptions extends OddsOptions {
  readonly alpha?: string;
  readonly gamma?: string;
  readonly optimal?: boolean;
  readonly maxForkBlocks?: string;
  readonly plot?: string;
}

interface OptimalAnswer {
  readonly citation: string;
  readonly revenue: number;
  /** Forks were solved up to this length, which makes the revenue a lower bound. */
  readonly maxForkBlocks: number;
  readonly simulated: ShareEstimate | null;
}

interface SelfishAnswer {
  readonly model: "eyal-sirer";
  readonly citation: string;
  readonly convention: string;
  readonly q: number;
  readonly z: null;
  readonly alpha: number;
  readonly gamma: number;
  readonly closedForm: number;
  readonly threshold: number;
  readonly simulated: ShareEstimate | null;
  readonly optimal: OptimalAnswer | null;
  readonly plot?: string;
}

/** Answers `forkyard odds selfish`. */
export async function answerSelfish(options: SelfishOptions): Promise<void> {
  const output = outputOf(options);
  const alpha = parseNumber(
    "--alpha",
    options.alpha,
    "the pool's share of the hash power, a number from 0 to below 0.5",
    (value) => value >= 0 && value < 0.5,
  );
  const gamma = parseShare("--gamma", options.gamma, "share of the others on the pool's side of a tie");
  const answer = await selfishAnswer(alpha, gamma, options, output);
  if (options.plot !== undefined) writePlot(options.plot, selfishPlot(answer));
  output.result(answer, () => selfishLines(answer));
}

async function selfishAnswer(
  alpha: number,
  gamma: number,
  options: SelfishOptions,
  output: Output,
): Promise<SelfishAnswer> {
  const maxForkBlocks =
    options.maxForkBlocks === undefined
      ? DEFAULT_FORK_BLOCKS
      : parseWhole("--max-fork-blocks", options.maxForkBlocks, 2, MAX_FORK_BLOCKS);
  const result = await simulateIfAsked(options, output, () => ({ kind: "selfish", alpha, gamma }));
  let optimal: OptimalAnswer | null = null;
  if (options.optimal === true) {
    output.progress("solving for the best strategy");
    optimal = await optimalAnswer(solveOptimalMining({ alpha, gamma, maxForkBlocks }), alpha, gamma, options, output);
    output.progress("");
  }
  return {
    model: "eyal-sirer",
    citation: CITATION,
    convention: CONVENTION,
    q: alpha,
    z: null,
    alpha,
    gamma,
    closedForm: selfishRevenue(alpha, gamma),
    threshold: selfishThreshold(gamma),
    simulated: result === undefined ? null : shareEstimate(result),
    optimal,
    ...(options.plot === undefined ? {} : { plot: options.plot }),
  };
}

async function optimalAnswer(
  { revenue, table }: OptimalMining,
  alpha: number,
  gamma: number,
  options: SelfishOptions,
  output: Output,
): Promise<OptimalAnswer> {
  const result = await simulateIfAsked(options, output, () => ({ kind: "withholding", alpha, gamma, policy: table }));
  const simulated = result === undefined ? null : shareEstimate(result);
  return { citation: OPTIMAL_CITATION, revenue, maxForkBlocks: table.maxForkBlocks, simulated };
}

function selfishLines(answer: SelfishAnswer): readonly string[] {
  const { alpha, gamma, closedForm, threshold, simulated, optimal } = answer;
  return [
    `selfish mining with ${alpha} of the hash power, gamma ${gamma}`,
    labelled("model", `${answer.model}: ${answer.citation}`),
    labelled("convention", answer.convention),
    labelled("closed form", `${chanceText(closedForm)}, ${gainText(closedForm - alpha)}`),
    ...(simulated === null ? [] : estimateLines(simulated, "races")),
    labelled("threshold", `${chanceText(threshold)}: it pays with more than this`),
    ...(optimal === null
      ? []
      : [
          labelled("best", `${chanceText(optimal.revenue)}, ${gainText(optimal.revenue - alpha)}: ${optimal.citation}`),
          labelled("", `forks of up to ${optimal.maxForkBlocks} blocks; longer ones can only add to it`),
          ...(optimal.simulated === null ? [] : estimateLines(optimal.simulated, "races")),
        ]),
    ...(answer.plot === undefined ? [] : [labelled("plot", answer.plot)]),
  ];
}

/** Differences below this are rounding. */
const NOTHING = 1e-9;

function gainText(gain: number): string {
  if (Math.abs(gain) < NOTHING) return "as much as by honest mining";
  return `${chanceText(Math.abs(gain))} ${gain > 0 ? "more" : "less"} than by honest mining`;
}

function selfishPlot({ alpha, gamma, simulated, optimal }: SelfishAnswer): LinePlot {
  const alphas = Array.from({ length: CURVE_POINTS }, (_, i) => Number((i * CURVE_STEP).toFixed(3)));
  const dots = [
    { name: `SM1, simulated at alpha = ${alpha}`, estimate: simulated },
    { name: `best strategy, simulated at alpha = ${alpha}`, estimate: optimal?.simulated ?? null },
  ].flatMap(({ name, estimate }) =>
    estimate === null
      ? []
      : [{ name, points: [{ x: alpha, y: estimate.probability, low: estimate.low, high: estimate.high }] }],
  );
  const best =
    optimal === null
      ? []
      : [
          {
            name: `best strategy at alpha = ${alpha}`,
            points: [{ x: alpha, y: optimal.revenue, low: optimal.revenue, high: optimal.revenue }],
          },
        ];
  return {
    title: `Selfish mining, gamma = ${gamma}`,
    xLabel: "share of the hash power, alpha",
    yLabel: "share of the blocks",
    series: [
      { name: "honest mining", points: alphas.map((x) => ({ x, y: x })) },
      { name: "SM1 (Eyal and Sirer)", points: alphas.map((x) => ({ x, y: selfishRevenue(x, gamma) })) },
      ...best,
      ...dots,
    ],
  };
}
