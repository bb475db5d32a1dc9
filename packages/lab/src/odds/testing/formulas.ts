import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

const REPOSITORY = join(import.meta.dirname, "../../../../..");

type Cells = Readonly<Record<string, number>>;

/** Printed and recomputed figures of the papers: the parts that tests read. */
export interface Formulas {
  readonly nakamoto_2008: {
    readonly "table_q0.1": Readonly<Record<string, string>>;
    readonly "table_q0.3": Readonly<Record<string, string>>;
    readonly "z_for_P_below_0.001": Cells;
  };
  readonly rosenfeld_2014: {
    readonly table_percent: Readonly<Record<string, readonly number[]>>;
    readonly "confirmations_for_below_0.1pct": { readonly values: Cells };
    readonly strict_no_premine: { readonly values: Cells };
  };
  readonly eyal_sirer_2013: {
    readonly thresholds: Readonly<Record<string, string>>;
    readonly grid: Readonly<Record<string, Cells>>;
  };
  readonly sapirshtein_2016: {
    readonly gamma0: Readonly<Record<string, Cells>>;
    readonly "gamma0.5_trunc95": Cells;
    readonly thresholds: { readonly "gamma=0": { readonly value: number } } & Readonly<Record<string, unknown>>;
  };
  readonly stale_rate: {
    readonly decker_wattenhofer_2013: { readonly model: { readonly D_seconds: number; readonly P: number } };
    readonly constant_delay_model: { readonly T: number; readonly s: number; readonly values: Cells };
    readonly bitcoin_data_stale_blocks: {
      readonly windows: Readonly<Record<string, Readonly<Record<StaleField, number>>>>;
    };
  };
  readonly pos_lottery: {
    readonly chi2_critical: Readonly<Record<string, Cells>>;
    readonly example: {
      readonly stakes: readonly number[];
      readonly N: number;
      readonly expected: readonly number[];
      readonly sd: readonly number[];
    };
    readonly grinding_bound: { readonly value: string };
  };
  readonly agreement: {
    readonly paxos: { readonly messages_failure_free: Readonly<Record<string, unknown>> };
    readonly oral_messages: { readonly messages: Cells };
    readonly pbft: { readonly messages: Cells };
  };
}

type StaleField = "heights" | "stale_rows" | "stale_per_main_block" | "stale_share" | "se";

/** A suite over the papers' figures, in `FORKYARD_REFERENCE`, else beside the repository; one skipped line where missing. */
export function describeFormulas(name: string, body: (formulas: Formulas) => void): void {
  const folder = process.env["FORKYARD_REFERENCE"] ?? join(REPOSITORY, "../shared/reference");
  const file = join(folder, "formulas.json");
  if (!existsSync(file)) test(name, { skip: "no reference figures: set FORKYARD_REFERENCE to their folder" });
  else describe(name, () => body(JSON.parse(readFileSync(file, "utf8")) as Formulas));
}
