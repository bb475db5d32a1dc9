import type { BlockHash } from "@forkyard/core/hash";
import { coins, listed, percent } from "../scenario/build/describe-expectation.ts";
import type { Bound, Expectation } from "../scenario/model.ts";
import type { NodeReport, WalletBalance } from "../world/world.ts";
import { countForkHeads } from "./fork-heads.ts";
import type { Observation, SeenReorg } from "./observation.ts";
import type { JsonValue } from "./result.ts";

/** Everything that is known when a run is over. */
export interface Outcome {
  readonly observation: Observation;
  readonly balances: ReadonlyMap<string, WalletBalance>;
  /** Of nodes that run. */
  readonly reports: ReadonlyMap<string, NodeReport>;
  readonly results: Readonly<Record<string, JsonValue>>;
  /** Satoshis that a chain of that height may have issued. */
  readonly issuedUpTo: (height: number) => bigint;
}

export interface Verdict {
  readonly text: string;
  readonly passed: boolean;
  readonly observed: string;
}

type Judgement = Omit<Verdict, "text">;

/** Holds an expectation against what happened. */
export function judge(expectation: Expectation, outcome: Outcome): Verdict {
  return { text: expectation.text, ...judgement(expectation, outcome) };
}

function judgement(expectation: Expectation, outcome: Outcome): Judgement {
  const { observation } = outcome;
  const { views } = observation;
  switch (expectation.kind) {
    case "reorg-depth": {
      const deepest = deepestReorg(observation, expectation.node);
      return number(expectation.depth, deepest?.depth ?? 0, (depth) => `${depth} blocks`);
    }
    case "reorg-count": {
      const { node, minDepth, count } = expectation;
      return number(count, observation.reorgs.filter((seen) => seen.node === node && seen.depth >= minDepth).length);
    }
    case "blocks-added":
      return number(expectation.blocks, deepestReorg(observation, expectation.node)?.added ?? 0);
    case "payment":
      return payment(expectation, observation);
    case "tips":
      return number(
        expectation.count,
        expectation.ever ? observation.mostForkHeads : countForkHeads(observation.running, views),
      );
    case "height":
      return number(expectation.height, views.tip(expectation.node).height);
    case "blocks":
      return number(expectation.blocks, views.tip(expectation.node).height - views.startHeight());
    case "refused": {
      const { node, code } = expectation;
      const seen = observation.refusals.filter(
        (each) => each.node === node && (code === undefined || each.code === code),
      );
      return number(expectation.count, seen.length);
    }
    default:
      return aboutState(expectation, outcome);
  }
}

type StateKind = "balance" | "tip-miner" | "one-tip" | "blocks-share" | "same-block" | "supply" | "result";

function aboutState(expectation: Extract<Expectation, { kind: StateKind }>, outcome: Outcome): Judgement {
  const { views } = outcome.observation;
  switch (expectation.kind) {
    case "balance": {
      const confirmed = Number(outcome.balances.get(expectation.wallet)?.confirmed ?? 0n);
      return number(expectation.satoshis, confirmed, (value) => `${coins(value)} btc`);
    }
    case "tip-miner": {
      const miner = views.miner(views.tip(expectation.node).hash);
      return {
        passed: miner !== undefined && expectation.miners.includes(miner),
        observed: `it is ${miner ?? "nobody"}'s`,
      };
    }
    case "one-tip": {
      const tips = new Set(expectation.nodes.map((node) => views.tip(node).hash));
      return { passed: tips.size === 1, observed: tips.size === 1 ? "they have" : `they have ${tips.size}` };
    }
    case "blocks-share": {
      const { mined, all } = minedBy(expectation.miners, expectation.node, outcome.observation);
      const share = all === 0 ? 0 : mined / all;
      return { passed: within(expectation.share, share), observed: `${mined} of ${all} blocks, ${percent(share)}` };
    }
    case "same-block": {
      const [a, b] = expectation.nodes.map((node) => views.activeAt(node, expectation.height)?.hash);
      return {
        passed: a !== undefined && a === b,
        observed: a === b ? `both have ${a ?? "none"}` : `${a ?? "none"} and ${b ?? "none"}`,
      };
    }
    case "supply":
      return supply(expectation.node, outcome);
    case "result":
      return result(expectation, outcome.results);
  }
}

function payment(expectation: Extract<Expectation, { kind: "payment" }>, { views }: Observation): Judgement {
  const { on, fate, confirmations } = expectation;
  const txid = views.txid(expectation.payment);
  const count = txid === undefined ? 0 : views.confirmations(on, txid);
  const seen = views.payments.fate(on, txid, count > 0);
  const passed = seen === fate && (confirmations === undefined || within(confirmations, count));
  return { passed, observed: count === 0 ? `it is ${seen}` : `it is ${seen} with ${count} confirmations` };
}

function supply(node: string, outcome: Outcome): Judgement {
  const report = outcome.reports.get(node);
  if (report === undefined) return { passed: false, observed: `${node} does not run` };
  const issued = outcome.issuedUpTo(report.tip.height);
  const { total } = report.coins;
  const difference =
    total === issued ? "exactly what" : `${total > issued ? "more" : "less"} than the ${issued} sat that`;
  return { passed: total === issued, observed: `${total} sat, ${difference} was issued` };
}

function result(expectation: Extract<Expectation, { kind: "result" }>, results: Outcome["results"]): Judgement {
  const { actor, field, value: expected } = expectation;
  const fields = results[actor];
  const value = isMapping(fields) ? fields[field] : undefined;
  if (value === undefined) {
    return {
      passed: false,
      observed: `${actor} has no ${field}: it has ${listed(Object.keys(isMapping(fields) ? fields : {}))}`,
    };
  }
  const passed =
    typeof expected === "object" ? typeof value === "number" && within(expected, value) : value === expected;
  return { passed, observed: `it is ${JSON.stringify(value)}` };
}

function isMapping(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function number(bound: Bound, value: number, show: (value: number) => string = String): Judgement {
  return { passed: within(bound, value), observed: show(value) };
}

export function within({ atLeast, atMost }: Bound, value: number): boolean {
  return value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity);
}

export function deepestReorg({ reorgs }: Observation, node: string): SeenReorg | undefined {
  let deepest: SeenReorg | undefined;
  for (const seen of reorgs) if (seen.node === node && seen.depth > (deepest?.depth ?? 0)) deepest = seen;
  return deepest;
}

/** Blocks of a node's chain since the scenario began, and how many of them are of certain miners. */
function minedBy(miners: readonly string[], node: string, { views }: Observation): { mined: number; all: number } {
  const wanted = new Set(miners);
  let [mined, all] = [0, 0];
  let hash: BlockHash | undefined = views.tip(node).hash;
  for (let height = views.tip(node).height; height > views.startHeight() && hash !== undefined; height--) {
    all += 1;
    if (wanted.has(views.miner(hash) ?? "")) mined += 1;
    hash = views.parent(hash);
  }
  return { mined, all };
}
