import { InputError } from "@forkyard/core/errors";
import { quoted } from "@forkyard/core/printable";
import { countEstimate, type Estimate } from "@forkyard/lab/odds/simulation/estimate";
import type { Question } from "@forkyard/lab/odds/simulation/question";
import { constantDelayStaleRate, deckerWattenhoferForkRate } from "@forkyard/lab/odds/stale-rate";
import { outputOf } from "../context.ts";
import { chanceText, estimateLines, labelled } from "../output/odds-lines.ts";
import { table } from "../output/table.ts";
import { writePlot } from "../output/write-plot.ts";
import { type OddsOptions, parseNumber, parsePositive, parseShare, simulateIfAsked } from "./odds-options.ts";

interface StaleModel {
  readonly citation: string;
  readonly convention: string;
  readonly rate: (delaySeconds: number, intervalSeconds: number, ownShare: number) => number;
  readonly question: (delaySeconds: number, intervalSeconds: number, ownShare: number) => Question;
}

const MODELS: Readonly<Record<string, StaleModel>> = {
  "constant-delay": {
    citation: "1 - exp(-(1 - s)D/T)",
    convention: "all others hear of a block D seconds after it was found; a miner does not compete with himself",
    rate: constantDelayStaleRate,
    question: (delaySeconds, intervalSeconds, ownShare) => ({
      kind: "constant-delay",
      delaySeconds,
      intervalSeconds,
      ownShare,
    }),
  },
  "decker-wattenhofer": {
    citation: "C. Decker, R. Wattenhofer, Information Propagation in the Bitcoin Network, IEEE P2P 2013, section IV",
    convention: "D is the integral of the share of the network that does not know of the block yet; own share 0",
    rate: (delaySeconds, intervalSeconds) => deckerWattenhoferForkRate(delaySeconds, intervalSeconds),
    question: (ignoranceSeconds, intervalSeconds) => ({ kind: "spreading-news", ignoranceSeconds, intervalSeconds }),
  },
};
const MODEL_NAMES = Object.keys(MODELS);
/** Delays of the reference tables: measured medians, means and tails of Bitcoin's network, in seconds. */
const TABLE_DELAYS: readonly number[] = [1, 2, 6.5, 12.6, 20, 40];
const CURVE_POINTS = 100;

export interface StaleOptions extends OddsOptions {
  readonly model: string;
  readonly delay?: string;
  readonly interval: string;
  readonly ownShare: string;
  readonly table?: boolean;
  readonly plot?: string;
}

interface StaleAnswer {
  readonly model: string;
  readonly citation: string;
  readonly convention: string;
  readonly delay: number;
  readonly interval: number;
  readonly ownShare: number;
  readonly closedForm: number;
  readonly simulated: Estimate | null;
  readonly plot?: string;
}

/** Answers `forkyard odds stale`. */
export async function answerStale(options: StaleOptions): Promise<void> {
  const output = outputOf(options);
  const model = MODEL_NAMES.includes(options.model) ? MODELS[options.model] : undefined;
  if (model === undefined) {
    throw new InputError(`--model ${quoted(options.model)}: it is one of ${MODEL_NAMES.join(", ")}`);
  }
  const interval = parsePositive("--interval", options.interval, "seconds between blocks");
  if (options.model === "decker-wattenhofer" && interval <= 1) {
    throw new InputError(`--interval ${interval}: above 1 s, as this model has a chance of 1/interval in each second`);
  }
  const ownShare = parseShare("--own-share", options.ownShare, "the finder's share of the hash power");
  if (options.table === true) {
    const rows = TABLE_DELAYS.map((delay) => ({ delay, closedForm: model.rate(delay, interval, ownShare) }));
    output.result({ model: options.model, convention: model.convention, interval, ownShare, rows }, () => [
      ...table(
        ["delay (s)", "chance"],
        rows.map(({ delay, closedForm }) => [String(delay), closedForm.toFixed(5)]),
      ),
      `(${options.model}: ${model.convention})`,
    ]);
    return;
  }
  const delay = parseNumber("--delay", options.delay, "seconds, a number from 0 on", (value) => value >= 0);
  const result = await simulateIfAsked(options, output, () => model.question(delay, interval, ownShare));
  const answer: StaleAnswer = {
    model: options.model,
    citation: model.citation,
    convention: model.convention,
    delay,
    interval,
    ownShare,
    closedForm: model.rate(delay, interval, ownShare),
    simulated: result === undefined ? null : countEstimate(result),
    ...(options.plot === undefined ? {} : { plot: options.plot }),
  };
  if (options.plot !== undefined) plotStale(options.plot, answer, model);
  output.result(answer, () => staleLines(answer));
}

function staleLines(answer: StaleAnswer): readonly string[] {
  return [
    `chance that a block competes: ${answer.delay} s of delay, a block every ${answer.interval} s, own share ${answer.ownShare}`,
    labelled("model", `${answer.model}: ${answer.citation}`),
    labelled("convention", answer.convention),
    labelled("closed form", chanceText(answer.closedForm)),
    ...(answer.simulated === null ? [] : estimateLines(answer.simulated, "blocks")),
    ...(answer.plot === undefined ? [] : [labelled("plot", answer.plot)]),
  ];
}

function plotStale(file: string, { delay, interval, ownShare, simulated }: StaleAnswer, model: StaleModel): void {
  const longest = 2 * Math.max(delay, 1);
  const delays = Array.from({ length: CURVE_POINTS + 1 }, (_, i) => (longest * i) / CURVE_POINTS);
  const dots =
    simulated === null
      ? []
      : [
          {
            name: "simulated",
            points: [{ x: delay, y: simulated.probability, low: simulated.low, high: simulated.high }],
          },
        ];
  writePlot(file, {
    title: `Competing blocks, one every ${interval} s`,
    xLabel: "delay (s)",
    yLabel: "chance",
    series: [
      { name: "closed form", points: delays.map((x) => ({ x, y: model.rate(x, interval, ownShare) })) },
      ...dots,
    ],
  });
}
