import { ACTIVE, ADOPT, IRRELEVANT, MATCH, OVERRIDE, RELEVANT, WAIT } from "./mining-action.ts";
import { stateCount, stateIndex } from "./policy-table.ts";

/** The withholding game: shares of power, and where both branches end. */
export interface WithholdingModel {
  /** The attacker's share of the hash power, 0 < alpha < ½. */
  readonly alpha: number;
  /** Share of honest power that mines on the attacker's branch when he matches, 0..1. */
  readonly gamma: number;
  /** Where one branch has so many blocks, the attacker must adopt or override. */
  readonly maxForkBlocks: number;
}

/**
 * Values of all states when a block of the attacker's that counts earns 1 − rho and one of the others' costs rho, until all
 * miners agree again (A. Sapirshtein, Y. Sompolinsky, A. Zohar, Optimal Selfish Mining Strategies in Bitcoin,
 * arXiv:1507.06183, section 4.2 and table 1). The best strategy earns nothing per cycle exactly at the rho that is its
 * share of the blocks.
 */
export class WithholdingValues {
  readonly model: WithholdingModel;
  /** Number of the best action in each state. */
  readonly actions: Uint8Array;
  readonly #values: Float64Array;
  /** Expected number of blocks that will have counted when all agree again, by the same actions. */
  readonly #blocks: Float64Array;
  #rho = 0;
  #change = 0;

  constructor(model: WithholdingModel) {
    const states = stateCount(model.maxForkBlocks);
    this.model = model;
    this.actions = new Uint8Array(states);
    this.#values = new Float64Array(states);
    this.#blocks = new Float64Array(states);
  }

  /** Value and expected blocks of a whole cycle. */
  get cycle(): { readonly value: number; readonly blocks: number } {
    const { alpha, maxForkBlocks } = this.model;
    const found = stateIndex(maxForkBlocks, 1, 0, IRRELEVANT);
    const lost = stateIndex(maxForkBlocks, 0, 1, RELEVANT);
    const mean = (array: Float64Array): number => alpha * at(array, found) + (1 - alpha) * at(array, lost);
    return { value: mean(this.#values), blocks: mean(this.#blocks) };
  }

  /**
   * One pass of value iteration in place. Mining on leads to longer branches only, so states with more blocks come first and
   * one pass carries a value through a whole fork.
   * @returns the largest change of a value
   */
  sweep(rho: number): number {
    const { maxForkBlocks } = this.model;
    this.#rho = rho;
    this.#change = 0;
    for (let a = maxForkBlocks; a >= 0; a--) {
      for (let h = maxForkBlocks; h >= 0; h--) {
        if (a > 0 || h > 0) this.#improve(a, h);
      }
    }
    return this.#change;
  }

  #improve(a: number, h: number): void {
    const { maxForkBlocks } = this.model;
    const index = stateIndex(maxForkBlocks, a, h, IRRELEVANT);
    const rho = this.#rho;
    // To give up is possible everywhere; every other choice must be better.
    let value = -rho * h;
    let blocks = h;
    let action = ADOPT;
    if (a > h) {
      const override = (1 - rho) * (h + 1) + this.#afterOverride(this.#values, a - h - 1);
      if (override > value) {
        value = override;
        blocks = h + 1 + this.#afterOverride(this.#blocks, a - h - 1);
        action = OVERRIDE;
      }
    }
    if (a === maxForkBlocks || h === maxForkBlocks) {
      for (const forkState of [IRRELEVANT, RELEVANT, ACTIVE]) this.#set(index + forkState, value, blocks, action);
      return;
    }
    const wait = this.#afterWait(this.#values, index);
    const split = a >= h && h > 0 ? this.#afterSplit(this.#values, a, h, 1 - rho) : Number.NEGATIVE_INFINITY;
    const splitBlocks = split > value ? this.#afterSplit(this.#blocks, a, h, 1) : 0;
    // A match under way goes on by itself.
    if (split > value) this.#set(index + ACTIVE, split, splitBlocks, WAIT);
    else this.#set(index + ACTIVE, value, blocks, action);
    if (wait > value) {
      value = wait;
      blocks = this.#afterWait(this.#blocks, index);
      action = WAIT;
    }
    this.#set(index + IRRELEVANT, value, blocks, action);
    if (split > value) this.#set(index + RELEVANT, split, splitBlocks, MATCH);
    else this.#set(index + RELEVANT, value, blocks, action);
  }

  /** What follows an override that left `lead` blocks in secret. Without any, all miners agree. */
  #afterOverride(array: Float64Array, lead: number): number {
    if (lead === 0) return 0;
    const { alpha, maxForkBlocks } = this.model;
    const found = stateIndex(maxForkBlocks, lead + 1, 0, IRRELEVANT);
    const lost = stateIndex(maxForkBlocks, lead, 1, RELEVANT);
    return alpha * at(array, found) + (1 - alpha) * at(array, lost);
  }

  /** @param index of the state with fork state irrelevant */
  #afterWait(array: Float64Array, index: number): number {
    const { alpha, maxForkBlocks } = this.model;
    const found = index + stateIndex(maxForkBlocks, 1, 0, IRRELEVANT);
    const lost = index + stateIndex(maxForkBlocks, 0, 1, RELEVANT);
    return alpha * at(array, found) + (1 - alpha) * at(array, lost);
  }

  /** While honest power is split: `earned` for each block of the attacker's that honest miners settle. */
  #afterSplit(array: Float64Array, a: number, h: number, earned: number): number {
    const { alpha, gamma, maxForkBlocks } = this.model;
    const found = stateIndex(maxForkBlocks, a + 1, h, ACTIVE);
    const settled = stateIndex(maxForkBlocks, a - h, 1, RELEVANT);
    const lost = stateIndex(maxForkBlocks, a, h + 1, RELEVANT);
    const honest = gamma * (earned * h + at(array, settled)) + (1 - gamma) * at(array, lost);
    return alpha * at(array, found) + (1 - alpha) * honest;
  }

  #set(state: number, value: number, blocks: number, action: number): void {
    const change = Math.abs(value - at(this.#values, state));
    if (change > this.#change) this.#change = change;
    this.#values[state] = value;
    this.#blocks[state] = blocks;
    this.actions[state] = action;
  }
}

function at(array: Float64Array, index: number): number {
  return array[index] as number;
}
