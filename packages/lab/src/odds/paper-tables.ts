import { confirmationsForRisk } from "./confirmations.ts";
import { RACE_MODELS, type RaceModelName } from "./race-models.ts";

/** A table as a paper prints it, computed anew. */
export interface PaperTable {
  readonly model: RaceModelName;
  readonly title: string;
  readonly citation: string;
  readonly convention: string;
  readonly columns: readonly string[];
  /** Cells as printed. */
  readonly rows: readonly (readonly string[])[];
}

/** Risk that the papers ask to stay below. */
const PAPER_RISK = 0.001;
const NAKAMOTO_DIGITS = 7;
const ROSENFELD_DIGITS = 3;
const STRICT_DIGITS = 6;
const ROSENFELD_CONFIRMATIONS = 10;
const STRICT_CONFIRMATIONS: readonly number[] = [1, 2, 3, 6, 10];
/** Shares as whole per cent: sums of fractions would not be exact. */
const ROSENFELD_PERCENT: readonly number[] = Array.from({ length: 25 }, (_, i) => 2 + 2 * i);
const STRICT_PERCENT: readonly number[] = [10, 20, 30, 40];
const SAFE_PERCENT: readonly number[] = [10, 15, 20, 25, 30, 35, 40, 45];
const NAKAMOTO_TABLES: readonly { readonly percent: number; readonly zs: readonly number[] }[] = [
  { percent: 10, zs: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
  { percent: 30, zs: [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50] },
];

/** The printed tables of one model. */
export function paperTables(model: RaceModelName): readonly PaperTable[] {
  const safe = safeTable(model);
  if (model === "nakamoto") return [...NAKAMOTO_TABLES.map(({ percent, zs }) => nakamotoTable(percent, zs)), safe];
  return [model === "rosenfeld" ? rosenfeldTable() : strictTable(), safe];
}

/** A table of one share of hash power, z by z, in the digits of the model's paper. */
export function shareTable(model: RaceModelName, q: number, zs: readonly number[]): PaperTable {
  const rows = zs.map((z) => [String(z), cell(model, q, z)]);
  const unit = model === "rosenfeld" ? "P (%)" : "P";
  return { ...heading(model), title: `q = ${q}`, columns: ["z", unit], rows };
}

function nakamotoTable(percent: number, zs: readonly number[]): PaperTable {
  const table = shareTable("nakamoto", percent / 100, zs);
  return { ...table, title: `Nakamoto 2008, section 11: q = ${percent / 100}` };
}

function rosenfeldTable(): PaperTable {
  const zs = Array.from({ length: ROSENFELD_CONFIRMATIONS }, (_, i) => i + 1);
  return {
    ...heading("rosenfeld"),
    title: "Rosenfeld 2014, table 1: success in per cent by share q and confirmations",
    columns: ["q", ...zs.map(String)],
    rows: ROSENFELD_PERCENT.map((percent) => [`${percent}%`, ...zs.map((z) => cell("rosenfeld", percent / 100, z))]),
  };
}

function strictTable(): PaperTable {
  return {
    ...heading("strict"),
    title: "No pre-mining, strictly ahead: success by share q and confirmations",
    columns: ["q", ...STRICT_CONFIRMATIONS.map(String)],
    rows: STRICT_PERCENT.map((percent) => [
      `${percent}%`,
      ...STRICT_CONFIRMATIONS.map((z) => cell("strict", percent / 100, z)),
    ]),
  };
}

function safeTable(model: RaceModelName): PaperTable {
  const { probability } = RACE_MODELS[model];
  return {
    ...heading(model),
    title: `Confirmations for less than ${PAPER_RISK * 100}% (${model})`,
    columns: ["q", "z"],
    rows: SAFE_PERCENT.map((percent) => [
      (percent / 100).toFixed(2),
      String(confirmationsForRisk(probability, percent / 100, PAPER_RISK) ?? "none"),
    ]),
  };
}

function cell(model: RaceModelName, q: number, z: number): string {
  const probability = RACE_MODELS[model].probability(q, z);
  if (model === "nakamoto") return probability.toFixed(NAKAMOTO_DIGITS);
  if (model === "rosenfeld") return (100 * probability).toFixed(ROSENFELD_DIGITS);
  return probability.toFixed(STRICT_DIGITS);
}

function heading(model: RaceModelName): Pick<PaperTable, "model" | "citation" | "convention"> {
  const { citation, convention } = RACE_MODELS[model];
  return { model, citation, convention };
}
