import type { BlockHash } from "@forkyard/core/hash";
import type { ForkState } from "../odds/optimal-mining/mining-action.ts";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { JsonValue } from "../run/result.ts";
import type { Command } from "../world/command.ts";
import type { MinedEvent, WorldEvent } from "../world/event.ts";
import type { BlockPlace, NodeName } from "../world/world.ts";
import { ReorgWatch } from "./reorg-watch.ts";
import { SecretBranch } from "./secret-branch.ts";
import { type Order, Turns } from "./turns.ts";
import type { WithholdingPolicy, WithholdingState } from "./withholding-policies.ts";
import { WithholdingTally } from "./withholding-tally.ts";

export interface WithholdingPlan {
  readonly name: string;
  readonly node: NodeName;
  /** Nodes without hash power that hear of others' blocks before its own does. */
  readonly sensors: readonly NodeName[];
  readonly policy: WithholdingPolicy;
  /** Blocks of the chain after which it stops; undefined: it goes on until the scenario ends. */
  readonly blocks: number | undefined;
  /** Share of the chain that a formula gives for this share of hash power and of the races won; undefined: no formula. */
  readonly theory: ((alpha: number, gamma: number) => number) | undefined;
}

/** Where the branch stands against the public chain. */
interface Standing {
  /** Height of the last block that all share. */
  readonly base: number;
  /** Blocks of the branch that are on it. */
  readonly settled: number;
  readonly own: readonly BlockPlace[];
  readonly others: number;
  /** The public chain's end. */
  readonly publicTip: BlockPlace;
}

/** A miner that keeps what it finds and publishes by a policy: selfish, stubborn and optimal mining. */
export class WithholdingMiner implements Actor {
  readonly #plan: WithholdingPlan;
  /** Its node first, then its sensors. */
  readonly #viewpoints: readonly NodeName[];
  readonly #reorgs: readonly ReorgWatch[];
  readonly #tally: WithholdingTally;
  #context!: ActorContext;
  #turns!: Turns;
  #branch: SecretBranch | undefined;
  #opened = 0;
  #last: WithholdingState["last"] = "others";
  #publicTip: BlockHash | undefined;
  /** Others' blocks that the published part last drew level with; 0: none. */
  #matched = 0;
  /** Ends of the two branches when it last drew level. */
  #race: { readonly ours: BlockHash | undefined; readonly theirs: BlockHash } | undefined;
  #finished = false;

  constructor(plan: WithholdingPlan) {
    this.#plan = plan;
    this.#viewpoints = [plan.node, ...plan.sensors];
    this.#reorgs = this.#viewpoints.map((node) => new ReorgWatch(node));
    this.#tally = new WithholdingTally(plan.node);
  }

  start(context: ActorContext): void {
    this.#context = context;
    this.#turns = new Turns({ context, decide: () => this.#decide(), refused: (...why) => this.#refused(...why) });
    this.#turns.take();
  }

  observe(event: WorldEvent): void {
    if (event.type === "mined") this.#watchRace(event);
    if (!this.#viewpoints.includes(event.node)) return;
    for (const watch of this.#reorgs) watch.observe(event);
    if (this.#branch?.grownBy(event) === true) this.#last = "own";
    this.#turns.take();
  }

  done(): boolean {
    return this.#finished || this.#plan.blocks === undefined;
  }

  result(): { readonly [field: string]: JsonValue } {
    const { views } = this.#context;
    const tip = views.tip(this.#plan.node).height;
    const from = views.startHeight() + 1;
    const resolved = this.#finished ? tip : Math.min(tip, this.#standing()?.base ?? tip);
    const until = this.#plan.blocks === undefined ? resolved : Math.min(resolved, from - 1 + this.#plan.blocks);
    return this.#tally.summary({ views, from, until, theory: this.#plan.theory });
  }

  #decide(): readonly Order[] {
    if (this.#finished || !this.#reorgs.every(({ settled }) => settled)) return [];
    const standing = this.#standing();
    if (this.#branch === undefined || standing === undefined) return this.#restart();
    this.#noticeOthers(standing);
    if (this.#isOver(standing)) return this.#finish(this.#branch, standing);
    const { own, others, settled, publicTip } = standing;
    if (own.length === 0 && others === 0) return [];
    switch (this.#plan.policy({ own: own.length, others, forkState: this.#forkState(others), last: this.#last })) {
      case "adopt":
        return this.#restart();
      case "override":
        return this.#branch.publishUpTo(settled + others + 1);
      case "match":
        this.#matched = others;
        this.#race = { ours: own[others - 1]?.hash, theirs: publicTip.hash };
        return this.#branch.publishUpTo(settled + others);
      case "wait":
        return [];
    }
  }

  /** Undefined when the branch hangs on a block that is no longer on the node's chain. */
  #standing(): Standing | undefined {
    const branch = this.#branch;
    const { views } = this.#context;
    if (branch === undefined) return undefined;
    const known = this.#viewpoints.map((node) => ({
      tip: views.tip(node),
      settled: branch.blocks.findLastIndex(({ hash }) => views.isActive(node, hash)) + 1,
    }));
    if (known[0]?.settled === 0 && !views.isActive(this.#plan.node, branch.fork.hash)) return undefined;
    // The highest chain that it knows of is the public one; of two in a race the other one, which has less of its blocks.
    const { tip: publicTip, settled } = known.reduce((best, each) => {
      if (each.tip.height !== best.tip.height) return each.tip.height > best.tip.height ? each : best;
      return each.settled < best.settled ? each : best;
    });
    const base = branch.fork.height + settled;
    return { base, settled, own: branch.blocks.slice(settled), others: publicTip.height - base, publicTip };
  }

  #noticeOthers({ others, publicTip }: Standing): void {
    if (publicTip.hash !== this.#publicTip && others > 0) this.#last = "others";
    if (others < this.#matched) this.#matched = 0;
    this.#publicTip = publicTip.hash;
  }

  #forkState(others: number): ForkState {
    if (others > 0 && this.#matched === others) return "active";
    return this.#last === "others" ? "relevant" : "irrelevant";
  }

  /** Begins anew on the public chain, once its own node has all of it. */
  #restart(): readonly Order[] {
    const { views } = this.#context;
    const tip = views.tip(this.#plan.node);
    if (this.#viewpoints.some((node) => views.tip(node).height > tip.height)) return [];
    const old = this.#branch;
    this.#opened += 1;
    this.#branch = new SecretBranch(this.#plan.node, `${this.#plan.name}.${this.#opened}`, tip);
    this.#matched = 0;
    this.#publicTip = tip.hash;
    return [...(old === undefined ? [] : [old.abandon()]), this.#branch.open()];
  }

  #isOver({ base }: Standing): boolean {
    const { blocks } = this.#plan;
    return blocks !== undefined && base - this.#context.views.startHeight() >= blocks;
  }

  /** Enough blocks are settled: mines honestly from here on. */
  #finish(branch: SecretBranch, { own, others }: Standing): readonly Order[] {
    this.#finished = true;
    const publish = own.length > others ? branch.publishUpTo(branch.blocks.length) : [];
    return [...publish, branch.abandon()];
  }

  /** In a race on equal height: whose block did somebody else build on? */
  #watchRace(event: MinedEvent): void {
    this.#tally.mined(event);
    if (event.node === this.#plan.node) return;
    if (event.parent === this.#race?.ours) this.#tally.raced("ours");
    else if (event.parent === this.#race?.theirs) this.#tally.raced("theirs");
  }

  #refused(command: Command, reason: string): void {
    this.#context.note(this.#plan.node, `${this.#plan.name}: ${command.kind} refused: ${reason}`);
  }
}
