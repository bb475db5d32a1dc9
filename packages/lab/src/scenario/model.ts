import type { Defence } from "@forkyard/node/laboratory/defence";
import type { Command } from "../world/command.ts";
import type { NodeName, PaymentName, WalletName } from "../world/world.ts";

/** A scenario with everything filled in and every unit converted: what `parseScenario` returns and the builder builds. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** The comment at the head of the file. */
  readonly explanation: string;
  /** Worlds that it can run in; the simulator is always one of them. */
  readonly worlds: readonly ("sim" | "live")[];
  readonly network: ScenarioNetwork;
  readonly seed: number;
  readonly nodes: readonly ScenarioNode[];
  /** Every link, expanded from the topology. */
  readonly links: readonly ScenarioLink[];
  readonly wallets: readonly ScenarioWallet[];
  readonly actors: readonly ScenarioActor[];
  readonly timeline: readonly Step[];
  /**
   * The run ends when all steps were carried out and this holds; when it is undefined, when all steps were and all actors
   * are done; at the time limit in any case.
   */
  readonly end: Condition | undefined;
  /** How much longer the run goes on after that, so that blocks arrive everywhere. */
  readonly settleMs: number;
  readonly timeLimitMs: number;
  readonly expectations: readonly Expectation[];
  /** Changed copies of this scenario that are compared with it: defences above all. */
  readonly variants: readonly { readonly name: string; readonly scenario: Scenario }[];
  readonly sweep: SweepPlan | undefined;
}

export interface ScenarioNetwork {
  /** Rules and genesis. */
  readonly rules: "devnet" | "regtest";
  /** Mean time between blocks when all hash power of the start mines. */
  readonly blockIntervalMs: number;
  readonly retarget: "none" | "asert" | "bitcoin";
  readonly coinbaseMaturity: number;
  /** Blocks mined before the scenario begins, so that wallets have coins. */
  readonly bootstrapBlocks: number;
}

export interface ScenarioNode {
  readonly name: NodeName;
  /** Fraction of the hash power; all fractions add up to 1, or to 0 when only steps mine. */
  readonly hashShare: number;
  /** Name that stands for it and others in the file (`count`). */
  readonly group?: string;
  /** Name of a rule variant (world/rule-variants); undefined: the network's rules. */
  readonly rules: string | undefined;
  readonly defences: readonly Defence[];
  readonly clockOffsetSeconds: number;
  /** False: the node is started by a step. */
  readonly running: boolean;
}

export interface ScenarioLink {
  readonly between: readonly [NodeName, NodeName];
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly bytesPerSecond: number | undefined;
  readonly loss: number;
}

export interface ScenarioWallet {
  readonly name: WalletName;
  readonly node: NodeName;
  /** Satoshis that it has, spendable, when the scenario begins. */
  readonly coins: bigint;
}

export interface ScenarioActor {
  readonly name: string;
  readonly kind: string;
  /** What this kind of actor takes, checked by its own schema (actors/registry.ts). */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A step of the timeline: once the step before was carried out and `when` holds, its actions are, in order. */
export interface Step {
  /** Line of the file it came from, for messages. */
  readonly line: number;
  readonly when: Condition;
  readonly actions: readonly Action[];
  /** What cannot be carried out is let be: the run does not fail over it. */
  readonly mayFail: boolean;
  /** Carried out again in the background, while the timeline goes on. */
  readonly repeats: readonly { readonly afterMs: number; readonly actions: readonly Action[] }[];
}

/** What a merchant or an exchange does otherwise from now on. */
export interface Adjustment {
  /** Blocks that a payment must be in. */
  readonly confirmations?: number | undefined;
  /** True: it hands nothing out until false. */
  readonly halted?: boolean | undefined;
}

/** A command, or one whose blocks are only known when the step is carried out. */
export type Action =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "invalidate-branch"; readonly node: NodeName; readonly tipOf: NodeName; readonly depth: number }
  | {
      readonly kind: "checkpoint";
      readonly nodes: readonly NodeName[];
      readonly tipOf: NodeName;
      readonly depth: number;
    }
  | { readonly kind: "withhold-before"; readonly node: NodeName; readonly branch: string; readonly depth: number }
  | {
      readonly kind: "censor";
      readonly node: NodeName;
      readonly payments: readonly PaymentName[];
      readonly featherBlocks: number | undefined;
    }
  /** Takes every invalidate-branch of the node back. */
  | { readonly kind: "reconsider"; readonly node: NodeName }
  | { readonly kind: "adjust"; readonly actor: string; readonly change: Adjustment }
  | {
      readonly kind: "exec";
      readonly command: readonly string[];
      readonly expectExit: number;
      readonly timeLimitMs: number;
    };

/** A condition on what has happened so far. */
export type Condition =
  | { readonly kind: "at"; readonly atMs: number }
  | { readonly kind: "after-step"; readonly delayMs: number }
  | { readonly kind: "height"; readonly node: NodeName; readonly atLeast: number }
  /** Blocks on the active chain of a node since the scenario began. */
  | { readonly kind: "blocks"; readonly node: NodeName; readonly atLeast: number }
  | { readonly kind: "confirmations"; readonly payment: PaymentName; readonly node: NodeName; readonly atLeast: number }
  | { readonly kind: "mempool"; readonly payment: PaymentName; readonly node: NodeName }
  | { readonly kind: "branch"; readonly node: NodeName; readonly branch: string; readonly blocks: number }
  | { readonly kind: "ahead"; readonly node: NodeName; readonly branch: string; readonly blocks: number }
  | { readonly kind: "reorg"; readonly node: NodeName; readonly depth: number }
  | { readonly kind: "one-tip"; readonly nodes: readonly NodeName[] }
  | { readonly kind: "actor-done"; readonly actor: string }
  | { readonly kind: "all"; readonly of: readonly Condition[] }
  | { readonly kind: "any"; readonly of: readonly Condition[] };

/**
 * What became of a payment on a node: in a block of its chain; waiting; once in a block, now in none; once in its mempool,
 * now in neither; never there.
 */
export type PaymentFate = "confirmed" | "mempool" | "reversed" | "dropped" | "never-seen";

/** A bound on a number; `exactly` is both. */
export interface Bound {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What decides whether the scenario passed. `line` is the file's. */
export type Expectation = { readonly line: number; readonly text: string } & (
  | { readonly kind: "reorg-depth"; readonly node: NodeName; readonly depth: Bound }
  | { readonly kind: "reorg-count"; readonly node: NodeName; readonly minDepth: number; readonly count: Bound }
  | { readonly kind: "blocks-added"; readonly node: NodeName; readonly blocks: Bound }
  | {
      readonly kind: "payment";
      readonly payment: PaymentName;
      readonly on: NodeName;
      readonly fate: PaymentFate;
      readonly confirmations: Bound | undefined;
    }
  | { readonly kind: "balance"; readonly wallet: WalletName; readonly satoshis: Bound }
  | { readonly kind: "tip-miner"; readonly node: NodeName; readonly miners: readonly NodeName[] }
  | { readonly kind: "one-tip"; readonly nodes: readonly NodeName[] }
  /** `ever`: the most at any moment, else at the end. */
  | { readonly kind: "tips"; readonly count: Bound; readonly ever: boolean }
  | { readonly kind: "blocks"; readonly node: NodeName; readonly blocks: Bound }
  | { readonly kind: "refused"; readonly node: NodeName; readonly code: string | undefined; readonly count: Bound }
  | { readonly kind: "height"; readonly node: NodeName; readonly height: Bound }
  | {
      readonly kind: "blocks-share";
      readonly node: NodeName;
      readonly miners: readonly NodeName[];
      readonly share: Bound;
    }
  | { readonly kind: "same-block"; readonly nodes: readonly [NodeName, NodeName]; readonly height: number }
  | { readonly kind: "supply"; readonly node: NodeName }
  | {
      readonly kind: "result";
      readonly actor: string;
      readonly field: string;
      readonly value: Bound | string | boolean;
    }
);

export interface SweepPlan {
  /** Path of a value in the file, and the values it takes. */
  readonly ranges: readonly { readonly path: string; readonly values: readonly (number | string)[] }[];
  readonly seeds: number;
  /** `passed`, or `actor.field`. */
  readonly measures: readonly string[];
}
