import type { Condition } from "../scenario/model.ts";
import type { Observation } from "./observation.ts";

/** What a condition is held against. */
export interface Moment {
  readonly nowMs: number;
  /** When the step before was carried out. */
  readonly stepDoneMs: number;
  /** Reorganisations that had happened when the step before began. */
  readonly reorgsBefore: number;
  readonly observation: Observation;
  readonly actorDone: (actor: string) => boolean;
}

/** Whether a condition holds now. */
export function holds(condition: Condition, moment: Moment): boolean {
  const { observation } = moment;
  const { views } = observation;
  switch (condition.kind) {
    case "at":
      return moment.nowMs >= condition.atMs;
    case "after-step":
      return moment.nowMs >= moment.stepDoneMs + condition.delayMs;
    case "height":
      return views.tip(condition.node).height >= condition.atLeast;
    case "blocks":
      return views.tip(condition.node).height - views.startHeight() >= condition.atLeast;
    case "confirmations": {
      const txid = views.txid(condition.payment);
      return txid !== undefined && views.confirmations(condition.node, txid) >= condition.atLeast;
    }
    case "mempool": {
      const txid = views.txid(condition.payment);
      return txid !== undefined && views.inMempool(condition.node, txid);
    }
    case "branch":
      return (views.branch(condition.node, condition.branch)?.blocks.length ?? 0) >= condition.blocks;
    case "ahead": {
      const branch = views.branch(condition.node, condition.branch);
      if (branch === undefined) return false;
      const end = branch.blocks.at(-1) ?? branch.fork;
      return end.height - views.tip(condition.node).height >= condition.blocks;
    }
    case "reorg":
      return observation.reorgs.some(
        ({ node, depth }, index) => index >= moment.reorgsBefore && node === condition.node && depth >= condition.depth,
      );
    case "one-tip":
      return new Set(condition.nodes.map((node) => views.tip(node).hash)).size <= 1;
    case "actor-done":
      return moment.actorDone(condition.actor);
    case "all":
      return condition.of.every((part) => holds(part, moment));
    case "any":
      return condition.of.some((part) => holds(part, moment));
  }
}

/** Moments at which a condition may come to hold by itself: nothing else need happen then. */
export function wakeTimes(condition: Condition, stepDoneMs: number): readonly number[] {
  if (condition.kind === "at") return [condition.atMs];
  if (condition.kind === "after-step") return [stepDoneMs + condition.delayMs];
  if (condition.kind === "all" || condition.kind === "any") {
    return condition.of.flatMap((part) => wakeTimes(part, stepDoneMs));
  }
  return [];
}
