import type { NodeName, PaymentName } from "../world/world.ts";

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What a run came to: the document of `forkyard scenario run --json`. Amounts in satoshis, times in milliseconds. */
export interface ScenarioResult {
  readonly name: string;
  readonly world: "sim" | "live";
  readonly seed: number;
  readonly passed: boolean;
  /** SHA-256 over the lines of the trace, hex. */
  readonly traceHash: string;
  readonly expectations: readonly { readonly text: string; readonly passed: boolean; readonly observed: string }[];
  readonly reorgs: readonly { readonly node: NodeName; readonly depth: number; readonly at: number }[];
  readonly payments: readonly {
    readonly payment: PaymentName;
    readonly txid: string;
    readonly fate: string;
    /** The node that looks: the payee's. */
    readonly on?: NodeName;
  }[];
  readonly balances: Readonly<Record<string, { readonly before: number; readonly after: number }>>;
  /** What each actor came to, by its name: loss, cost, rounds, share of blocks … */
  readonly result: Readonly<Record<string, JsonValue>>;
  readonly events: number;
  readonly endedAtMs: number;
  /** `time-limit`: before every step and actor was done. */
  readonly ended?: "done" | "time-limit";
  /** The same for each variant. */
  readonly variants: readonly (Omit<ScenarioResult, "variants"> & { readonly variant: string })[];
}
