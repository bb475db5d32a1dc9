import type { Block } from "@forkyard/core/block";
import { type BlockVerdict, outcomeOf } from "../chain/block-verdict.ts";
import { tagOf } from "../chain/miner-tag.ts";
import { MiningHabits } from "../laboratory/mining-habits.ts";
import type { RuleVariant } from "../laboratory/rule-variants.ts";
import type { Node } from "../node.ts";
import { WithheldBranches } from "./branches.ts";
import { ChainClock } from "./chain-clock.ts";
import { HashRateMeter } from "./hash-rate-meter.ts";
import { Miner, type ProofOfWorkPool } from "./miner.ts";
import { TemplateMaker } from "./template-maker.ts";

export interface MiningDeskOptions {
  readonly pool: ProofOfWorkPool;
  /** Hashes a second in the background. */
  readonly hashRate: number;
  readonly payTo: Uint8Array | undefined;
  readonly firstExtraNonce: number;
  /** Stricter rules that its own blocks keep (laboratory). */
  readonly variant?: () => RuleVariant | undefined;
}

/** Everything about mining in one node: templates, the background miner, withheld branches. */
export class MiningDesk {
  readonly miner: Miner;
  readonly templates: TemplateMaker;
  readonly clock: ChainClock;
  readonly branches: WithheldBranches;
  readonly habits: MiningHabits;
  readonly payTo: Uint8Array | undefined;
  readonly #pool: ProofOfWorkPool;
  readonly #meter: HashRateMeter;

  constructor(node: Node, options: MiningDeskOptions) {
    const { params, chain, store, mempool, clock, timers, events } = node;
    const nowSeconds = (): number => node.nowSeconds();
    this.payTo = options.payTo;
    this.#pool = options.pool;
    this.#meter = new HashRateMeter(options.pool, clock);
    this.clock = new ChainClock(params, nowSeconds);
    this.clock.tipChanged(chain.tip);
    this.habits = new MiningHabits(options.variant ?? (() => undefined));
    this.templates = new TemplateMaker({
      params,
      chain,
      mempool,
      clock: this.clock,
      tag: tagOf(node.name),
      firstExtraNonce: options.firstExtraNonce,
      habits: this.habits,
    });
    this.miner = new Miner({
      pool: options.pool,
      clock,
      timers,
      hashRate: options.hashRate,
      template: () => (options.payTo === undefined ? undefined : this.templates.inBackground(options.payTo)),
      mined: (block) => submitMined(node, block, this.habits),
      interrupted: () => this.#meter.interrupt(),
      resumed: () => this.#meter.restart(),
    });
    this.branches = new WithheldBranches({
      params,
      chain,
      store,
      miner: this.miner,
      events,
      nowSeconds,
      templates: this.templates,
      clock: this.clock,
      submit: (block) => submitOwn(node, block),
    });
    let tip = chain.tip;
    node.onWorkChanged(() => {
      if (chain.tip !== tip) this.clock.tipChanged(chain.tip);
      tip = chain.tip;
      this.miner.renew();
    });
  }

  get hashes(): number {
    return this.#pool.hashes;
  }

  /** Hashes a second that background mining does. */
  measuredRate(): number {
    return this.#meter.rate;
  }

  /** @param hashRate hashes a second; undefined for the configured one */
  setHashRate(hashRate: number | undefined): void {
    this.miner.setHashRate(hashRate);
    this.#meter.restart();
  }
}

/** A block of our own that breaks a rule is a fault to be seen, not a reason to stop: the next one is on a new template. */
function submitMined(node: Node, block: Block, habits: MiningHabits): void {
  node.takeOwnBlock(block, (verdict) => {
    if (verdict.kind === "side") habits.mined(verdict.entry, node.chain);
    if (verdict.kind !== "refused") return;
    node.log.error("own block refused", { block: block.hash, rule: verdict.error.message });
  });
}

/** @throws RuleError */
async function submitOwn(node: Node, block: Block): Promise<void> {
  outcomeOf(await new Promise<BlockVerdict>((answer) => node.takeOwnBlock(block, answer)));
}
