import type { BlockHash } from "@forkyard/core/hash";
import type { Action } from "../scenario/model.ts";
import type { Command } from "../world/command.ts";
import type { BlockPlace, NodeName } from "../world/world.ts";
import type { EventViews } from "./event-views.ts";

/** Commands that an action comes down to at this moment, or why it cannot be carried out. */
export type ActionPlan = { readonly commands: readonly Command[] } | { readonly refused: string };

/** Turns actions into commands; remembers what operators declared invalid. */
export class ActionPlanner {
  readonly #views: EventViews;
  readonly #invalidated = new Map<NodeName, BlockHash[]>();

  constructor(views: EventViews) {
    this.#views = views;
  }

  plan(action: Exclude<Action, { kind: "exec" | "adjust" }>): ActionPlan {
    switch (action.kind) {
      case "command":
        return { commands: [action.command] };
      case "withhold-before":
        return this.#withhold(action);
      case "censor":
        return this.#censor(action);
      case "invalidate-branch":
        return this.#blockBelow(action.tipOf, action.depth, ({ hash }) => {
          this.#invalidated.set(action.node, [...(this.#invalidated.get(action.node) ?? []), hash]);
          return [{ kind: "invalidate", node: action.node, hash }];
        });
      case "reconsider": {
        const hashes = this.#invalidated.get(action.node) ?? [];
        this.#invalidated.delete(action.node);
        return { commands: hashes.map((hash) => ({ kind: "reconsider", node: action.node, hash })) };
      }
      case "checkpoint":
        return this.#blockBelow(action.tipOf, action.depth, (block) =>
          action.nodes.map((node) => ({ kind: "lock", node, block })),
        );
    }
  }

  #withhold({ node, branch, depth }: Extract<Action, { kind: "withhold-before" }>): ActionPlan {
    if (depth === 0) return { commands: [{ kind: "withhold", node, branch, fork: "tip" }] };
    return this.#blockBelow(node, depth, ({ hash }) => [{ kind: "withhold", node, branch, fork: hash }]);
  }

  #censor({ node, payments, featherBlocks }: Extract<Action, { kind: "censor" }>): ActionPlan {
    const censor = payments.map((payment) => this.#views.txid(payment));
    const missing = payments.find((_, index) => censor[index] === undefined);
    if (missing !== undefined) return { refused: `the payment ${missing} has not been made` };
    const known = censor.filter((txid) => txid !== undefined);
    const feather = featherBlocks === undefined ? {} : { featherBlocks };
    return { commands: [{ kind: "mining-policy", node, censor: known, ...feather }] };
  }

  #blockBelow(node: NodeName, depth: number, commands: (block: BlockPlace) => readonly Command[]): ActionPlan {
    const { height } = this.#views.tip(node);
    const block = this.#views.activeAt(node, height - depth);
    if (block !== undefined) return { commands: commands(block) };
    return { refused: `${depth} blocks below the tip of ${node} is before the scenario began` };
  }
}
