import type { TipRecord } from "@forkyard/core/chain";
import type { EngineChainStore } from "../chain-store.ts";
import {
  connectToy,
  disconnectToy,
  nextTip,
  previousTip,
  TOY_GENESIS,
  type ToyBlock,
  tipOf,
  toyBlockAfter,
} from "./toy-chain.ts";

/** Draws a whole number from 0 to below the bound. */
export type Draw = (below: number) => number;

const MAX_REORG_DEPTH = 6;

/** A toy chain that grows in a store, with reorganisations now and then, one batch a step. */
export class ToyWalk {
  readonly chain: ToyBlock[] = [];
  tip: TipRecord = tipOf([TOY_GENESIS]);
  readonly #draw: Draw;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  /** @returns when the step is on the disk */
  async step(store: EngineChainStore): Promise<void> {
    const batch = store.batch();
    if (this.chain.length === 0) {
      connectToy(batch, TOY_GENESIS);
      this.chain.push(TOY_GENESIS);
    } else {
      const depth = this.#draw(4) === 0 ? Math.min(1 + this.#draw(MAX_REORG_DEPTH), this.chain.length - 1) : 0;
      for (let i = 0; i < depth; i++) {
        const block = this.chain.pop() as ToyBlock;
        disconnectToy(batch, block);
        this.tip = previousTip(this.tip, block);
      }
      for (let i = 0; i <= depth; i++) {
        const block = toyBlockAfter(this.chain, this.#draw(1_000_000));
        this.chain.push(block);
        connectToy(batch, block);
        this.tip = nextTip(this.tip, block);
      }
    }
    batch.putTip(this.tip);
    await store.commit(batch);
  }
}
