import type { LockedBlock, ReorgGuard } from "@forkyard/consensus/fork-choice/guards/reorg-guard";
import type { ReorgPlan } from "@forkyard/consensus/fork-choice/reorg-plan";
import type { Block } from "@forkyard/core/block";
import type { BlockHash } from "@forkyard/core/hash";
import type { Chain } from "../chain/chain.ts";
import type { Defence } from "./defence.ts";
import { guardFor } from "./guard-for.ts";
import { checkVariant, type RuleVariant, ruleVariant } from "./rule-variants.ts";

/** What a node begins with. */
export interface JudgementSettings {
  /** Name of a rule variant; undefined: the network's rules. */
  readonly rules: string | undefined;
  readonly defences: readonly Defence[];
}

/** What one node judges by besides the rules of the network: stricter rules, defences, locked blocks. */
export class Judgement {
  readonly #guard: ReorgGuard;
  readonly #remembersArrivals: boolean;
  readonly #heedsLocks: boolean;
  readonly #locked: LockedBlock[] = [];
  /** Told the newest block of a branch that a defence keeps the node from, and the defence's name. */
  readonly #refused: (hash: BlockHash, defence: string) => void;
  readonly #nowMs: () => number;
  readonly #firstSeenMs = new Map<BlockHash, number>();
  #variant: RuleVariant | undefined;
  /** Blocks that were refused only by the variant in force. */
  readonly #refusedByVariant = new Set<BlockHash>();

  /** @throws InputError when the node's rules are no variant */
  constructor(node: JudgementSettings, nowMs: () => number, refused: (hash: BlockHash, defence: string) => void) {
    this.#guard = guardFor(node.defences);
    this.#heedsLocks = node.defences.some(({ kind }) => kind === "checkpoints" || kind === "chainlocks");
    this.#remembersArrivals = node.defences.length > 0;
    this.#variant = node.rules === undefined ? undefined : ruleVariant(node.rules);
    this.#nowMs = nowMs;
    this.#refused = refused;
  }

  get variant(): RuleVariant | undefined {
    return this.#variant;
  }

  /** A block has arrived; only the first time counts. */
  arrived(hash: BlockHash): void {
    if (this.#remembersArrivals && !this.#firstSeenMs.has(hash)) this.#firstSeenMs.set(hash, this.#nowMs());
  }

  /** A node that starts again does not know when blocks came. */
  forgetArrivals(): void {
    this.#firstSeenMs.clear();
  }

  /** @throws RuleError when the variant in force does not allow the block */
  checkBlock(block: Block): void {
    if (this.#variant === undefined || this.#variant.allows(block)) return;
    this.#refusedByVariant.add(block.hash);
    checkVariant(this.#variant, block);
  }

  permits(plan: ReorgPlan): boolean {
    const context = {
      nowMs: this.#nowMs(),
      firstSeenMs: (hash: BlockHash) => this.#firstSeenMs.get(hash),
      locked: this.#locked,
    };
    const verdict = this.#guard.permits(plan, context);
    if (verdict.permitted) return true;
    const newest = plan.connect.at(-1);
    if (newest !== undefined) this.#refused(newest.hash, defenceOf(verdict.reason));
    return false;
  }

  /**
   * Makes a block final for a node that has checkpoints or chainlocks; others do not know what it means. A chain that has
   * another one at its height is left, if the locked one is known.
   */
  lock({ hash, height }: LockedBlock, chain: Chain | undefined): void {
    if (!this.#heedsLocks) return;
    this.#locked.push({ hash, height });
    const active = chain?.activeAt(height);
    if (active !== undefined && active.hash !== hash && chain?.tree.has(hash) === true) chain.invalidate(active);
  }

  /**
   * Goes over to other rules, as after an upgrade and a new check of the chain: what only the old variant refused is
   * reconsidered, and the first block that the new one refuses is given up with all that stands on it.
   * @param checkedFrom height of the first block that a variant may refuse
   * @throws InputError when the name is no variant
   */
  setRules(name: string, chain: Chain | undefined, checkedFrom: number): void {
    this.#variant = ruleVariant(name);
    const refused = [...this.#refusedByVariant];
    this.#refusedByVariant.clear();
    if (chain === undefined) return;
    for (const hash of refused) {
      const entry = chain.tree.get(hash);
      if (entry !== undefined) chain.reconsider(entry);
    }
    for (let height = checkedFrom; height <= chain.tip.height; height++) {
      const entry = chain.activeAt(height);
      const block = entry && chain.block(entry.hash);
      if (entry === undefined || block === undefined || this.#variant?.allows(block) !== false) continue;
      this.#refusedByVariant.add(entry.hash);
      chain.invalidate(entry);
      return;
    }
  }
}

/** The composite's reason begins with the names of the guards that it went through. */
function defenceOf(reason: string): string {
  const names = reason.split(": ");
  return names.find((name) => /^[a-z-]+$/.test(name)) ?? reason;
}
