import { MAX_SCENARIO_STEPS } from "../../limits.ts";
import type { DocumentPath, Mistakes } from "../mistakes.ts";
import type { Condition, Step } from "../model.ts";
import { millisecondsOf } from "../values.ts";
import type { WrittenAction, WrittenStep } from "../written.ts";
import { buildAction } from "./build-action.ts";
import { buildCondition } from "./build-condition.ts";
import type { Names } from "./names.ts";

/** Steps with their repetitions spread out. @param lineOf the line of the file where a path stands */
export function buildTimeline(
  written: readonly WrittenStep[],
  names: Names,
  mistakes: Mistakes,
  lineOf: (path: DocumentPath) => number,
): readonly Step[] {
  const rounds = written.reduce((sum, step) => sum + (step.repeat?.times ?? 1), 0);
  if (rounds > MAX_SCENARIO_STEPS) {
    mistakes.add(["timeline"], `${rounds} steps with repetitions: at most ${MAX_SCENARIO_STEPS}`);
    return [];
  }
  // Names first: a condition may wait for what a later step or the same one makes.
  const copies = written.map((step, index) => copiesOf(step, ["timeline", index]));
  for (const step of copies) for (const { actions } of step) for (const action of actions) declare(action, names);
  refuseBackwards(written, mistakes);
  return written.map((step, index) => {
    const path = ["timeline", index];
    const [first, ...others] = (copies[index] ?? []).map(({ actions }) =>
      actions.flatMap(({ action, path: place }) => buildAction(action, place, names)),
    );
    const everyMs = millisecondsOf(step.repeat?.every ?? "0s");
    return {
      line: lineOf(path),
      when: triggerOf(step, path, names),
      actions: first ?? [],
      mayFail: step.mayFail ?? false,
      repeats: others.map((actions, round) => ({ afterMs: everyMs * (round + 1), actions })),
    };
  });
}

interface PlacedAction {
  readonly action: WrittenAction;
  readonly path: DocumentPath;
}

/** The actions of a step for each time that it is carried out, with payments numbered when that is more than once. */
function copiesOf(step: WrittenStep, path: DocumentPath): readonly { readonly actions: readonly PlacedAction[] }[] {
  const placed: readonly PlacedAction[] =
    step.do === undefined
      ? [{ action: step, path }]
      : step.do.map((action, index) => ({ action, path: [...path, "do", index] }));
  if (step.repeat === undefined) return [{ actions: placed }];
  const own = new Set(placed.flatMap(({ action }) => action.pay?.id ?? action.doubleSpend?.id ?? []));
  return Array.from({ length: step.repeat.times }, (_, round) => ({
    actions: placed.map(({ action, path: place }) => ({ action: numbered(action, own, round + 1), path: place })),
  }));
}

function numbered(action: WrittenAction, own: ReadonlySet<string>, round: number): WrittenAction {
  const renamed = (name: string): string => (own.has(name) ? `${name}-${round}` : name);
  const { pay, doubleSpend, announce } = action;
  if (pay !== undefined) return { pay: { ...pay, id: renamed(pay.id) } };
  if (doubleSpend !== undefined) {
    return { doubleSpend: { ...doubleSpend, id: renamed(doubleSpend.id), of: renamed(doubleSpend.of) } };
  }
  return announce === undefined ? action : { announce: { ...announce, id: renamed(announce.id) } };
}

function declare({ action, path }: PlacedAction, names: Names): void {
  const { pay, doubleSpend, withhold } = action;
  if (pay !== undefined) names.declarePayment([...path, "pay", "id"], pay.id);
  if (doubleSpend !== undefined) names.declarePayment([...path, "doubleSpend", "id"], doubleSpend.id);
  if (withhold !== undefined) names.declareBranch(withhold.node, withhold.branch);
}

function triggerOf(step: WrittenStep, path: DocumentPath, names: Names): Condition {
  if (step.at !== undefined) return { kind: "at", atMs: millisecondsOf(step.at) };
  if (step.when !== undefined) return buildCondition(step.when, [...path, "when"], names);
  return { kind: "after-step", delayMs: millisecondsOf(step.after ?? "0s") };
}

/** Steps are carried out in the order of the file: a time before that of an earlier step is a slip. */
function refuseBackwards(written: readonly WrittenStep[], mistakes: Mistakes): void {
  let latest = "0s";
  for (const [index, { at }] of written.entries()) {
    if (at === undefined) continue;
    if (millisecondsOf(at) < millisecondsOf(latest)) {
      mistakes.add(["timeline", index, "at"], `at ${at} comes after at ${latest}: steps are carried out in order`);
    }
    latest = at;
  }
}
