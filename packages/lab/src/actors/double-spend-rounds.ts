import type { Txid } from "@forkyard/core/hash";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { JsonValue } from "../run/result.ts";
import type { Scenario } from "../scenario/model.ts";
import type { Command } from "../world/command.ts";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName, WalletName } from "../world/world.ts";
import { HeistTally } from "./heist-tally.ts";
import { ReorgWatch } from "./reorg-watch.ts";
import { SecretBranch } from "./secret-branch.ts";
import { subsidiesOf } from "./subsidies.ts";
import { type Order, Turns } from "./turns.ts";

export interface DoubleSpendPlan {
  readonly name: string;
  readonly scenario: Scenario;
  readonly wallet: WalletName;
  readonly node: NodeName;
  readonly victim: WalletName;
  readonly victimNode: NodeName;
  /** Satoshis. */
  readonly amount: bigint;
  /** Confirmations that it waits for, and those after which the victim delivers. */
  readonly confirmations: number;
  readonly askedConfirmations: number;
  readonly preMined: number;
  readonly lead: number;
  readonly releaseAtDepth?: number | undefined;
  readonly giveUpBehind: number;
  readonly persist: number;
  readonly rounds: number;
  readonly untilSuccess: boolean;
  readonly expected: number | undefined;
}

interface Round {
  readonly number: number;
  readonly branch: SecretBranch;
  /** Id of the payment to the victim; undefined: not paid yet. */
  txid: Txid | undefined;
  /** The victim has delivered, as far as the attacker reckons. */
  ready: boolean;
  accepted: boolean;
  /** Length of the branch when it was published; undefined: secret. */
  releasedWith: number | undefined;
}

/** Blocks above the fork, on the branch and in public. */
interface Race {
  readonly own: number;
  readonly others: number;
}

/** Plays double-spend rounds one after another: see actors/double-spender. */
export class DoubleSpender implements Actor {
  readonly #plan: DoubleSpendPlan;
  readonly #tally = new HeistTally();
  readonly #reorgs: readonly ReorgWatch[];
  #context!: ActorContext;
  #turns!: Turns;
  #round: Round | undefined;
  #started = 0;
  #resisted = 0;
  #failed: string | undefined;

  constructor(plan: DoubleSpendPlan) {
    this.#plan = plan;
    this.#reorgs = [new ReorgWatch(plan.node), new ReorgWatch(plan.victimNode)];
  }

  start(context: ActorContext): void {
    this.#context = context;
    this.#turns = new Turns({ context, decide: () => this.#decide(), refused: (...why) => this.#refused(...why) });
    this.#turns.take();
  }

  observe(event: WorldEvent): void {
    const { node, victimNode } = this.#plan;
    if (event.node !== node && event.node !== victimNode) return;
    for (const watch of this.#reorgs) watch.observe(event);
    this.#round?.branch.grownBy(event);
    this.#turns.take();
  }

  done(): boolean {
    if (this.#failed !== undefined || this.#tally.rounds >= this.#plan.rounds) return true;
    return this.#plan.untilSuccess && this.#tally.successes > 0;
  }

  result(): { readonly [field: string]: JsonValue } {
    return {
      ...this.#tally.summary(this.#plan.expected),
      resisted: this.#resisted,
      failed: this.#failed ?? null,
    };
  }

  #decide(): readonly Order[] {
    if (!this.#reorgs.every(({ settled }) => settled)) return [];
    const round = this.#round;
    if (round !== undefined && this.#failed !== undefined) return this.#restart(round);
    if (round === undefined) return this.done() || !this.#hasHeardAll() ? [] : this.#begin();
    const race = this.#race(round);
    if (round.txid === undefined) return this.#prepare(round, race);
    this.#noticeAcceptance(round, round.txid);
    if (round.releasedWith !== undefined) return this.#pursue(round, race);
    if (race.others - race.own >= this.#plan.giveUpBehind || this.#missedDepth(race)) return this.#giveUp(round);
    if (!this.#isReady(round, race)) return [];
    round.releasedWith = race.own;
    return round.branch.publishUpTo(race.own);
  }

  /** The victim may hear of a block first: a branch that began below it would have lost already. */
  #hasHeardAll(): boolean {
    const { views } = this.#context;
    return views.tip(this.#plan.node).height >= views.tip(this.#plan.victimNode).height;
  }

  #begin(): readonly Order[] {
    const { name, node } = this.#plan;
    this.#started += 1;
    const branch = new SecretBranch(node, `${name}.branch-${this.#started}`, this.#context.views.tip(node));
    this.#round = {
      number: this.#started,
      branch,
      txid: undefined,
      ready: false,
      accepted: false,
      releasedWith: undefined,
    };
    return [branch.open()];
  }

  /** Mines ahead; pays when the branch is ahead enough, and begins anew when the others found a block first. */
  #prepare(round: Round, { own, others }: Race): readonly Order[] {
    const { name, wallet, victim, amount, preMined } = this.#plan;
    if (own - others >= preMined && (preMined > 0 || others === 0)) {
      const payment = `${name}.pay-${round.number}`;
      const { branch } = round;
      return [
        {
          command: { kind: "pay", payment, from: wallet, to: victim, amount },
          done: ({ txid }) => {
            round.txid = txid ?? this.#context.views.txid(payment);
          },
        },
        {
          command: {
            kind: "double-spend",
            payment: `${name}.refund-${round.number}`,
            of: payment,
            into: { branch: branch.name },
          },
        },
      ];
    }
    return others > 0 ? this.#restart(round) : [];
  }

  #restart(round: Round): readonly Order[] {
    this.#tally.spent(round.branch.blocks.length, subsidiesOf(round.branch.blocks, this.#plan.scenario));
    this.#round = undefined;
    return [round.branch.abandon()];
  }

  #noticeAcceptance(round: Round, txid: Txid): void {
    const { victimNode, confirmations, askedConfirmations } = this.#plan;
    const { views } = this.#context;
    const seen = views.confirmations(victimNode, txid);
    const known = seen > 0 || views.inMempool(victimNode, txid);
    const reached = (wanted: number): boolean => (wanted === 0 ? known : seen >= wanted);
    if (reached(confirmations)) round.ready = true;
    if (reached(askedConfirmations)) round.accepted = true;
  }

  #missedDepth({ others }: Race): boolean {
    return others > (this.#plan.releaseAtDepth ?? Number.POSITIVE_INFINITY);
  }

  #isReady(round: Round, { own, others }: Race): boolean {
    const { releaseAtDepth, lead } = this.#plan;
    if (own - others < lead) return false;
    return releaseAtDepth === undefined ? round.ready : others === releaseAtDepth;
  }

  /** The branch is public: keeps it ahead until the victim follows, or there is no hope. */
  #pursue(round: Round, { own, others }: Race): readonly Order[] {
    const { branch } = round;
    const tip = branch.blocks[branch.published - 1];
    if (tip !== undefined && this.#context.views.isActive(this.#plan.victimNode, tip.hash)) return this.#win(round);
    if (others - own >= this.#plan.giveUpBehind) return this.#giveUp(round);
    if (own > others && own - (round.releasedWith ?? own) > this.#plan.persist) {
      this.#resisted += 1;
      return this.#giveUp(round);
    }
    return own > others ? branch.publishUpTo(own) : [];
  }

  #win(round: Round): readonly Order[] {
    const { amount, name, node } = this.#plan;
    if (round.accepted) {
      this.#tally.won(amount);
      this.#context.note(node, `${name} has the goods and the coins of round ${round.number}`);
    } else this.#tally.lost();
    this.#round = undefined;
    return [round.branch.abandon()];
  }

  #giveUp(round: Round): readonly Order[] {
    const { name, node, scenario } = this.#plan;
    this.#tally.lost();
    this.#tally.spent(round.branch.blocks.length, subsidiesOf(round.branch.blocks, scenario));
    this.#context.note(node, `${name} gives round ${round.number} up`);
    this.#round = undefined;
    return [round.branch.abandon()];
  }

  /** Blocks above the fork; the public ones as the attacker or the victim knows them, whoever knows more. */
  #race({ branch }: Round): Race {
    const { views } = this.#context;
    const first = branch.blocks[0];
    const heights = [this.#plan.node, this.#plan.victimNode].map((node) => {
      const tip = views.tip(node);
      return first !== undefined && views.isActive(node, first.hash) ? branch.fork.height : tip.height;
    });
    return { own: branch.blocks.length, others: Math.max(0, Math.max(...heights) - branch.fork.height) };
  }

  #refused(command: Command, reason: string): void {
    const { name, node } = this.#plan;
    this.#context.note(node, `${name}: ${command.kind} refused: ${reason}`);
    if (command.kind === "pay" || command.kind === "double-spend") this.#failed = `${command.kind}: ${reason}`;
  }
}
