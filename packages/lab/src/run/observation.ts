import type { Scenario } from "../scenario/model.ts";
import type { ReorgEvent, WorldEvent } from "../world/event.ts";
import type { BlockPlace, NodeName, PaymentName, WalletName } from "../world/world.ts";
import { EventViews } from "./event-views.ts";
import { countForkHeads } from "./fork-heads.ts";

/** A reorganisation, as the result lists it. */
export interface SeenReorg {
  readonly node: NodeName;
  readonly depth: number;
  readonly added: number;
  readonly at: number;
}

/** Everything about a run that conditions and expectations look at. */
export class Observation {
  readonly views: EventViews;
  readonly reorgs: SeenReorg[] = [];
  /** Blocks that nodes refused, each once for a node and block. */
  readonly refusals: { readonly node: NodeName; readonly code: string }[] = [];
  /** Who is paid. */
  readonly payees: Map<PaymentName, WalletName> = new Map();
  events = 0;
  /** The most different chains at any moment; only counted when an expectation asks. */
  mostForkHeads = 1;
  readonly #running: Set<NodeName>;
  readonly #refused = new Set<string>();
  readonly #countsHeads: boolean;

  /** @param scenarios all whose expectations may be judged by it; the nodes are those of the first */
  constructor(scenarios: readonly Scenario[], start: BlockPlace) {
    const nodes = scenarios[0]?.nodes ?? [];
    this.views = new EventViews(
      start,
      nodes.map(({ name }) => name),
    );
    this.#running = new Set(nodes.filter(({ running }) => running).map(({ name }) => name));
    this.#countsHeads = scenarios.some(({ expectations }) =>
      expectations.some((expected) => expected.kind === "tips" && expected.ever),
    );
  }

  get running(): readonly NodeName[] {
    return [...this.#running];
  }

  isRunning(node: NodeName): boolean {
    return this.#running.has(node);
  }

  apply(event: WorldEvent): void {
    this.events += 1;
    this.views.apply(event);
    if (event.type === "reorg") this.#reorganised(event);
    else if (event.type === "refused") this.#refuse(event.node, event.hash, event.code);
    else if (event.type === "payment" && event.to !== undefined) this.payees.set(event.payment, event.to);
    else if (event.type === "life") this.#life(event.node, event.status === "started");
    if (this.#countsHeads && (event.type === "block" || event.type === "life")) {
      this.mostForkHeads = Math.max(this.mostForkHeads, countForkHeads(this.running, this.views));
    }
  }

  #reorganised({ node, depth, added, atMs }: ReorgEvent): void {
    if (depth > 0) this.reorgs.push({ node, depth, added: added.length, at: atMs });
  }

  #refuse(node: NodeName, hash: string, code: string): void {
    const key = `${node} ${hash}`;
    if (this.#refused.has(key)) return;
    this.#refused.add(key);
    this.refusals.push({ node, code });
  }

  #life(node: NodeName, started: boolean): void {
    if (started) this.#running.add(node);
    else this.#running.delete(node);
  }
}
