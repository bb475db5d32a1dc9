import type { Txid } from "@forkyard/core/hash";
import { z } from "zod";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { ActorKind, ActorSetup } from "../run/actor-kind.ts";
import type { JsonValue } from "../run/result.ts";
import type { Scenario } from "../scenario/model.ts";
import { nodeName, satoshis, walletName } from "../scenario/values.ts";
import type { Command } from "../world/command.ts";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";
import { defineActor } from "./define-actor.ts";
import { HEIST_RESULTS, HeistTally } from "./heist-tally.ts";
import { ReorgWatch } from "./reorg-watch.ts";
import { nodeOfWallet } from "./scenario-facts.ts";
import { SecretBranch } from "./secret-branch.ts";
import { subsidiesOf } from "./subsidies.ts";
import { type Order, Turns } from "./turns.ts";

const MAX_ROUNDS = 100_000;
/** Blocks above the fork after which a round is decided. */
const DECIDED_BLOCKS = 2;

interface FinneyOptions {
  readonly wallet: string;
  readonly node?: string | undefined;
  readonly victim: string;
  readonly amount: bigint;
  readonly rounds: number;
}

const schema: z.ZodType<FinneyOptions> = z.strictObject({
  wallet: walletName.describe("Whose coins are spent twice."),
  node: nodeName.optional().describe("Whose hash power finds the block. Default: the node of the wallet."),
  victim: walletName.describe("The wallet that is paid; its node is the one that must see the payment."),
  amount: satoshis.describe("What is paid in each round."),
  rounds: z.int().min(1).max(MAX_ROUNDS).default(1).describe("How often it tries."),
});

/**
 * Finney attack (H. Finney on bitcointalk, February 2011, topic 3441): a miner finds a block with a transaction back to
 * himself, keeps it, pays a merchant who does not wait for confirmations with the same coins, and publishes the block.
 * Payments of round 1: `NAME.pay-1`, `NAME.refund-N` for each try at a block; branch `NAME.block-N`.
 * Result: see {@link HeistTally.summary}; `tries`: blocks he began; a try is given up when others find a block first.
 */
export const finneyAttacker: ActorKind = defineActor({
  description: "Holds a found block with a conflicting transaction, pays unconfirmed, then publishes the block.",
  payments: ["pay-N", "refund-N"],
  branches: ["block-N"],
  results: [...HEIST_RESULTS, "tries", "failed"],
  schema,
  create: (options, setup) => new FinneyAttacker(options, setup),
});

interface Try {
  readonly branch: SecretBranch;
  announced: boolean;
  published: boolean;
}

class FinneyAttacker implements Actor {
  readonly #options: FinneyOptions;
  readonly #name: string;
  readonly #scenario: Scenario;
  readonly #node: NodeName;
  readonly #victimNode: NodeName;
  readonly #reorg: ReorgWatch;
  readonly #tally = new HeistTally();
  #context!: ActorContext;
  #turns!: Turns;
  /** Id of the round's payment, signed and held until there is a block. */
  #pay: Txid | undefined;
  #try: Try | undefined;
  #tries = 0;
  #failed: string | undefined;

  constructor(options: FinneyOptions, setup: ActorSetup) {
    this.#options = options;
    this.#name = setup.name;
    this.#scenario = setup.scenario;
    this.#node = options.node ?? nodeOfWallet(setup, options.wallet);
    this.#victimNode = nodeOfWallet(setup, options.victim);
    this.#reorg = new ReorgWatch(this.#node);
  }

  start(context: ActorContext): void {
    this.#context = context;
    this.#turns = new Turns({ context, decide: () => this.#decide(), refused: (...why) => this.#refused(...why) });
    this.#turns.take();
  }

  observe(event: WorldEvent): void {
    if (event.node !== this.#node && event.node !== this.#victimNode) return;
    this.#reorg.observe(event);
    this.#try?.branch.grownBy(event);
    this.#turns.take();
  }

  done(): boolean {
    return this.#failed !== undefined || this.#tally.rounds >= this.#options.rounds;
  }

  result(): { readonly [field: string]: JsonValue } {
    return { ...this.#tally.summary(), tries: this.#tries, failed: this.#failed ?? null };
  }

  #decide(): readonly Order[] {
    if (this.done() || !this.#reorg.settled) return [];
    if (this.#pay === undefined) return this.#sign();
    const current = this.#try;
    if (current === undefined) return this.#beginTry();
    const { views } = this.#context;
    const { branch } = current;
    const others = views.tip(this.#node).height - branch.fork.height;
    if (current.published) return this.#judge(branch);
    if (branch.blocks.length === 0) return others > 0 ? this.#endTry(branch) : [];
    if (!current.announced) return others > 0 ? this.#endTry(branch) : this.#announce(current);
    if (!views.inMempool(this.#victimNode, this.#pay)) return others > 0 ? this.#lose(branch) : [];
    current.published = true;
    return branch.publishUpTo(branch.blocks.length);
  }

  #sign(): readonly Order[] {
    const { wallet, victim, amount } = this.#options;
    const payment = this.#payment();
    return [
      {
        command: { kind: "pay", payment, from: wallet, to: victim, amount, into: "hold" },
        done: ({ txid }) => {
          this.#pay = txid ?? this.#context.views.txid(payment);
        },
      },
    ];
  }

  #payment(): string {
    return `${this.#name}.pay-${this.#tally.rounds + 1}`;
  }

  #beginTry(): readonly Order[] {
    this.#tries += 1;
    const branch = new SecretBranch(
      this.#node,
      `${this.#name}.block-${this.#tries}`,
      this.#context.views.tip(this.#node),
    );
    this.#try = { branch, announced: false, published: false };
    const refund = {
      kind: "double-spend",
      payment: `${this.#name}.refund-${this.#tries}`,
      of: this.#payment(),
      into: { branch: branch.name },
    } as const;
    return [branch.open(), { command: refund }];
  }

  /** Others found a block first, before anything was paid: another try at a block, with the same payment. */
  #endTry(branch: SecretBranch): readonly Order[] {
    this.#tally.spent(branch.blocks.length, subsidiesOf(branch.blocks, this.#scenario));
    this.#try = undefined;
    return [branch.abandon()];
  }

  #announce(current: Try): readonly Order[] {
    current.announced = true;
    return [{ command: { kind: "announce", payment: this.#payment(), at: this.#victimNode } }];
  }

  /** Decided once there is a block on top of the one or the other; until then what is found on the held one is published. */
  #judge(branch: SecretBranch): readonly Order[] {
    const { views } = this.#context;
    const held = branch.blocks[0];
    if (views.tip(this.#victimNode).height < branch.fork.height + DECIDED_BLOCKS) {
      return branch.publishUpTo(branch.blocks.length);
    }
    if (held === undefined || !views.isActive(this.#victimNode, held.hash)) return this.#lose(branch);
    this.#tally.won(this.#options.amount);
    return this.#endRound(branch);
  }

  /** Others found a block while the payment was on its way: it will be confirmed. */
  #lose(branch: SecretBranch): readonly Order[] {
    this.#tally.lost();
    this.#tally.spent(branch.blocks.length, subsidiesOf(branch.blocks, this.#scenario));
    return this.#endRound(branch);
  }

  #endRound(branch: SecretBranch): readonly Order[] {
    this.#pay = undefined;
    this.#try = undefined;
    return [branch.abandon()];
  }

  #refused(command: Command, reason: string): void {
    this.#failed = `${command.kind}: ${reason}`;
    this.#context.note(this.#node, `${this.#name}: ${command.kind} refused: ${reason}`);
  }
}
