/**
 * A scenario as people write it: what the YAML file contains and what the builder collects. Units are still text, groups
 * are not spread out, defaults are missing. `build/` makes a {@link Scenario} of it. The language: docs/scenarios.md.
 */

/** Exact, or one or two bounds. */
export type WrittenBound<T = number> = T | { readonly atLeast?: T | undefined; readonly atMost?: T | undefined };

/** `all`, a node, a group, or a list of them. */
export type WrittenNodes = string | readonly string[];

export interface WrittenNetwork {
  readonly rules?: "devnet" | "regtest" | undefined;
  readonly blockInterval?: string | undefined;
  readonly retarget?: "none" | "asert" | "bitcoin" | undefined;
  readonly maturity?: number | undefined;
  readonly bootstrap?: number | undefined;
}

export type WrittenDefence =
  | "checkpoints"
  | "chainlocks"
  | "mess"
  | {
      readonly finality?: number | undefined;
      readonly "delay-function"?: number | undefined;
      readonly "late-block-penalty"?: { readonly oneBlockPer: string; readonly grace: string } | undefined;
      readonly "subjective-scoring"?: { readonly halving: number; readonly grace: number } | undefined;
    };

export interface WrittenNode {
  readonly hash?: string | undefined;
  readonly count?: number | undefined;
  readonly rules?: string | undefined;
  readonly defences?: readonly WrittenDefence[] | undefined;
  readonly clock?: string | undefined;
  readonly running?: boolean | undefined;
}

export interface WrittenLinkValues {
  readonly latency?: string | undefined;
  readonly jitter?: string | undefined;
  readonly bandwidth?: string | undefined;
  readonly loss?: string | undefined;
}

export interface WrittenLink extends WrittenLinkValues {
  readonly between: readonly [string, string];
}

export type LinkShape = "mesh" | "ring" | "line" | "none";

export interface WrittenTopology {
  readonly shape?: LinkShape | undefined;
  readonly star?: string | undefined;
  readonly random?: number | undefined;
  readonly links?: readonly WrittenLink[] | undefined;
  readonly unconnected?: boolean | undefined;
}

export interface WrittenWallet {
  readonly node: string;
  readonly coins?: string | undefined;
}

export interface WrittenActor {
  readonly kind: string;
  readonly [option: string]: unknown;
}

/** One key of these. */
export interface WrittenCondition {
  readonly at?: string | undefined;
  readonly height?: { readonly on: string; readonly atLeast: number } | undefined;
  readonly blocks?: { readonly on: string; readonly atLeast: number } | undefined;
  readonly confirmations?: { readonly payment: string; readonly on: string; readonly atLeast: number } | undefined;
  readonly mempool?: { readonly payment: string; readonly on: string } | undefined;
  readonly branch?: { readonly node: string; readonly branch: string; readonly blocks: number } | undefined;
  readonly ahead?: { readonly node: string; readonly branch: string; readonly blocks: number } | undefined;
  readonly reorg?: { readonly on: string; readonly depth: number } | undefined;
  readonly oneTip?: WrittenNodes | undefined;
  readonly actorDone?: string | undefined;
  readonly all?: readonly WrittenCondition[] | undefined;
  readonly any?: readonly WrittenCondition[] | undefined;
}

export type WrittenInto = "hold" | { readonly branch?: string | undefined; readonly mempoolOf?: string | undefined };

export type WrittenLife = string | { readonly node: string; readonly disk?: "keep" | "wipe" | "flip-bit" | undefined };

/** One key of these. */
export interface WrittenAction {
  readonly pay?:
    | {
        readonly id: string;
        readonly from: string;
        readonly to: string;
        readonly amount: string;
        readonly feeRate?: number | undefined;
        readonly into?: "hold" | { readonly branch: string } | undefined;
      }
    | undefined;
  readonly doubleSpend?:
    | {
        readonly id: string;
        readonly of: string;
        readonly feeRate?: number | undefined;
        readonly into: WrittenInto;
      }
    | undefined;
  readonly announce?: { readonly id: string; readonly at: string } | undefined;
  readonly mine?:
    | {
        readonly node: string;
        readonly blocks?: number | undefined;
        readonly branch?: string | undefined;
        readonly empty?: boolean | undefined;
        readonly version?: number | undefined;
        readonly tag?: string | undefined;
        readonly timeStep?: string | undefined;
      }
    | undefined;
  readonly hashPower?: Readonly<Record<string, string>> | undefined;
  readonly withhold?:
    | { readonly node: string; readonly branch: string; readonly depth?: number | undefined }
    | undefined;
  readonly publish?:
    | { readonly node: string; readonly branch: string; readonly blocks?: number | undefined }
    | undefined;
  readonly abandon?: { readonly node: string; readonly branch: string } | undefined;
  readonly censor?:
    | { readonly node: string; readonly payments: readonly string[]; readonly feather?: number | undefined }
    | undefined;
  readonly partition?: readonly (readonly string[])[] | undefined;
  readonly heal?: true | undefined;
  readonly link?:
    | (WrittenLinkValues & { readonly between: readonly [string, string]; readonly up?: boolean | undefined })
    | undefined;
  readonly crash?: WrittenLife | undefined;
  readonly stop?: WrittenLife | undefined;
  readonly start?: WrittenLife | undefined;
  readonly clock?: { readonly node: string; readonly offset: string } | undefined;
  readonly rules?: { readonly node: string; readonly rules: string } | undefined;
  readonly invalidate?:
    | { readonly node: string; readonly tipOf: string; readonly depth?: number | undefined }
    | undefined;
  readonly reconsider?: string | undefined;
  readonly checkpoint?:
    | { readonly nodes: WrittenNodes; readonly tipOf: string; readonly depth?: number | undefined }
    | undefined;
  readonly adjust?:
    | { readonly actor: string; readonly confirmations?: number | undefined; readonly halted?: boolean | undefined }
    | undefined;
  readonly note?: string | undefined;
  readonly exec?:
    | {
        readonly command: readonly string[];
        readonly expectExit?: number | undefined;
        readonly timeLimit?: string | undefined;
      }
    | undefined;
}

/** At most one of at, after and when; one action, or `do`. */
export interface WrittenStep extends WrittenAction {
  readonly at?: string | undefined;
  readonly after?: string | undefined;
  readonly when?: WrittenCondition | undefined;
  readonly do?: readonly WrittenAction[] | undefined;
  readonly repeat?: { readonly every: string; readonly times: number } | undefined;
  readonly mayFail?: boolean | undefined;
}

/** One key of these. */
export interface WrittenExpectation {
  readonly reorg?: { readonly on: string; readonly depth: WrittenBound } | undefined;
  readonly reorgs?:
    | { readonly on: string; readonly minDepth?: number | undefined; readonly count: WrittenBound }
    | undefined;
  readonly blocksAdded?: { readonly on: string; readonly blocks: WrittenBound } | undefined;
  readonly payment?:
    | {
        readonly id: string;
        readonly on: string;
        readonly fate: "confirmed" | "mempool" | "reversed" | "dropped" | "never-seen";
        readonly confirmations?: WrittenBound | undefined;
      }
    | undefined;
  readonly balance?: { readonly wallet: string; readonly amount: WrittenBound<string> } | undefined;
  readonly tipMiner?: { readonly on: string; readonly miner: string } | undefined;
  readonly oneTip?: WrittenNodes | undefined;
  readonly tips?: number | { readonly count: WrittenBound; readonly ever?: boolean | undefined } | undefined;
  readonly height?: { readonly on: string; readonly height: WrittenBound } | undefined;
  readonly blocks?: { readonly on: string; readonly blocks: WrittenBound } | undefined;
  readonly blocksShare?:
    | { readonly on: string; readonly miner: string; readonly share: WrittenBound<string> }
    | undefined;
  readonly sameBlock?: { readonly nodes: readonly [string, string]; readonly height: number } | undefined;
  readonly refused?:
    | { readonly on: string; readonly code?: string | undefined; readonly count: WrittenBound }
    | undefined;
  readonly supply?: string | undefined;
  readonly result?: Readonly<Record<string, WrittenBound | string | boolean>> | undefined;
}

export interface WrittenVariant {
  /** Paths into the file, and what stands there instead. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly expect?: readonly WrittenExpectation[] | undefined;
}

export interface WrittenSweep {
  readonly ranges: Readonly<Record<string, readonly (number | string)[]>>;
  readonly seeds?: number | undefined;
  readonly measures: readonly string[];
}

export interface WrittenScenario {
  readonly title: string;
  readonly worlds?: readonly ("sim" | "live")[] | undefined;
  readonly network?: "devnet" | "regtest" | WrittenNetwork | undefined;
  readonly seed?: number | undefined;
  readonly nodes: Readonly<Record<string, string | WrittenNode | null>>;
  readonly topology?: LinkShape | WrittenTopology | readonly WrittenLink[] | undefined;
  readonly link?: WrittenLinkValues | undefined;
  readonly wallets?: Readonly<Record<string, string | WrittenWallet>> | undefined;
  readonly actors?: Readonly<Record<string, WrittenActor>> | undefined;
  readonly timeline?: readonly WrittenStep[] | undefined;
  readonly end?: WrittenCondition | undefined;
  readonly settle?: string | undefined;
  readonly timeLimit?: string | undefined;
  readonly expect: readonly WrittenExpectation[];
  readonly variants?: Readonly<Record<string, WrittenVariant>> | undefined;
  readonly sweep?: WrittenSweep | undefined;
}
