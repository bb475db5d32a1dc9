import type { ChainEntry } from "@forkyard/core/chain";
import { InputError } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { MAX_CHAIN_AHEAD_SECONDS } from "../limits.ts";

/**
 * The time that this node puts into the blocks it mines. Where the target follows every block (ASERT), blocks mined on
 * demand are dated one spacing apart, as if the net had found them in peace: dated by the wall clock, a hundred blocks in a
 * second would raise the difficulty a hundredfold and more, and the devnet's own miners would never find another. The
 * chain's clock then runs ahead of the wall clock, and the miners go on from there. Elsewhere it is the wall clock.
 */
export class ChainClock {
  readonly #params: NetworkParams;
  readonly #nowSeconds: () => number;
  #aheadSeconds = 0;

  constructor(params: NetworkParams, nowSeconds: () => number) {
    this.#params = params;
    this.#nowSeconds = nowSeconds;
  }

  /** To be told at once: how far ahead the chain is shows in the tip's time when it has just come. */
  tipChanged(tip: ChainEntry): void {
    const ahead = tip.header.time - this.#nowSeconds();
    this.#aheadSeconds = this.#paced ? Math.min(Math.max(0, ahead), MAX_CHAIN_AHEAD_SECONDS) : 0;
  }

  /** Seconds since 1970, for a block that is searched for at the net's own pace. */
  now(): number {
    return this.#nowSeconds() + this.#aheadSeconds;
  }

  /**
   * Seconds since 1970, for a block on demand.
   * @throws InputError when it would be dated further ahead than other nodes may accept (two hours, Bitcoin Core)
   */
  onDemand(parent: ChainEntry): number {
    if (!this.#paced) return this.now();
    const time = Math.max(this.now(), parent.header.time + this.#params.spacingSeconds);
    if (time <= this.#nowSeconds() + MAX_CHAIN_AHEAD_SECONDS) return time;
    throw new InputError(
      `the chain is ${MAX_CHAIN_AHEAD_SECONDS / 60} minutes ahead of the clock already: no more blocks on demand for now`,
    );
  }

  /** For a withheld block: dated like honest mining, or the retarget would make each block of the branch harder. */
  withheld(parent: ChainEntry): number {
    return Math.min(this.now(), parent.header.time + this.#params.spacingSeconds);
  }

  get #paced(): boolean {
    return this.#params.retarget.kind === "asert";
  }
}
