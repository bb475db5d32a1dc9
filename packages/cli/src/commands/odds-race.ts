import { type PaperTable, paperTables, shareTable } from "@forkyard/lab/odds/paper-tables";
import { RACE_MODEL_NAMES, RACE_MODELS, type RaceModelName } from "@forkyard/lab/odds/race-models";
import { type RaceEstimate, raceEstimate } from "@forkyard/lab/odds/simulation/estimate";
import type { LinePlot } from "@forkyard/lab/plot/line-plot";
import { outputOf } from "../context.ts";
import { chanceText, estimateLines, labelled, paperTableLines } from "../output/odds-lines.ts";
import type { Output } from "../output/output.ts";
import { writePlot } from "../output/write-plot.ts";
import { type OddsOptions, parseConfirmations, parseHashShare, parseModel, simulateIfAsked } from "./odds-options.ts";

/** Tables and plots of one share go at least so far. */
const LEAST_SHOWN_CONFIRMATIONS = 10;
/** Points of a curve at most. */
const MAX_CURVE_POINTS = 400;

export interface RaceOptions extends OddsOptions {
  readonly q?: string;
  readonly z?: string;
  readonly model?: string;
  readonly table?: boolean;
  readonly plot?: string;
}

interface RaceAnswer {
  readonly model: RaceModelName;
  readonly citation: string;
  readonly convention: string;
  readonly q: number;
  readonly z: number;
  readonly closedForm: number;
  readonly simulated: RaceEstimate | null;
  readonly plot?: string;
}

/** Answers `forkyard odds`: one chance, or tables of them. */
export async function answerRace(options: RaceOptions): Promise<void> {
  const output = outputOf(options);
  if (options.table === true) printTables(options, output);
  else await printRace(options, output);
}

function printTables({ q, z, model, plot }: RaceOptions, output: Output): void {
  const models = model === undefined ? RACE_MODEL_NAMES : [parseModel(model)];
  const share = q === undefined ? undefined : parseHashShare(q);
  const most = Math.max(LEAST_SHOWN_CONFIRMATIONS, z === undefined ? 0 : parseConfirmations(z));
  const zs = Array.from({ length: most + 1 }, (_, i) => i);
  const tables: readonly PaperTable[] = models.flatMap((name) =>
    share === undefined ? paperTables(name) : [shareTable(name, share, zs)],
  );
  if (plot !== undefined) writePlot(plot, racePlot(parseHashShare(q), most, undefined));
  output.result({ tables }, () => tables.flatMap(paperTableLines));
}

async function printRace(options: RaceOptions, output: Output): Promise<void> {
  const q = parseHashShare(options.q);
  const z = parseConfirmations(options.z);
  const name = parseModel(options.model ?? "nakamoto");
  const model = RACE_MODELS[name];
  const result = await simulateIfAsked(options, output, () => ({ kind: "race", model: name, q, z }));
  const { citation, convention } = model;
  const answer: RaceAnswer = {
    model: name,
    citation,
    convention,
    q,
    z,
    closedForm: model.probability(q, z),
    simulated: result === undefined ? null : raceEstimate(result, q),
    ...(options.plot === undefined ? {} : { plot: options.plot }),
  };
  if (options.plot !== undefined) {
    writePlot(options.plot, racePlot(q, Math.max(z, LEAST_SHOWN_CONFIRMATIONS), answer));
  }
  output.result(answer, () => raceLines(answer));
}

function raceLines(answer: RaceAnswer): readonly string[] {
  const { q, z, simulated, plot } = answer;
  const others = RACE_MODEL_NAMES.filter((name) => name !== answer.model);
  return [
    `chance to take back a payment with ${z} confirmations with ${q} of the hash power`,
    labelled("model", `${answer.model}: ${answer.citation}`),
    labelled("convention", answer.convention),
    labelled("closed form", chanceText(answer.closedForm)),
    ...(simulated === null ? [] : [...estimateLines(simulated, "races"), ...cutOffLines(simulated)]),
    ...others.map((name, i) =>
      labelled(i === 0 ? "other models" : "", `${name} ${chanceText(RACE_MODELS[name].probability(q, z))}`),
    ),
    ...(plot === undefined ? [] : [labelled("plot", plot)]),
  ];
}

function cutOffLines({ givenUpAtDeficit, giveUpBias, undecided }: RaceEstimate): readonly string[] {
  return [
    ...(givenUpAtDeficit === undefined
      ? []
      : [
          labelled("", `given up ${givenUpAtDeficit} blocks behind, which takes at most ${giveUpBias} from the chance`),
        ]),
    ...(undecided === 0 ? [] : [labelled("", `${undecided} races undecided: the interval counts them both ways`)]),
  ];
}

function racePlot(q: number, mostZ: number, answer: RaceAnswer | undefined): LinePlot {
  const stride = Math.ceil(mostZ / MAX_CURVE_POINTS);
  const zs = Array.from({ length: Math.floor(mostZ / stride) + 1 }, (_, i) => i * stride);
  const curves = RACE_MODEL_NAMES.map((name) => ({
    name: `${name}, closed form`,
    points: zs.map((z) => ({ x: z, y: RACE_MODELS[name].probability(q, z) })),
  }));
  const simulated = answer?.simulated ?? undefined;
  const dots =
    answer === undefined || simulated === undefined
      ? []
      : [
          {
            name: `${answer.model}, ${simulated.runs} races simulated, ${simulated.confidence * 100}% interval`,
            points: [{ x: answer.z, y: simulated.probability, low: simulated.low, high: simulated.high }],
          },
        ];
  return {
    title: `Double spend with ${q} of the hash power`,
    xLabel: "confirmations z",
    yLabel: "chance of success",
    series: [...curves, ...dots],
    logY: true,
  };
}
