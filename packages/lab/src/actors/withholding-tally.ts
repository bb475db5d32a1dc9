import type { ChainViews } from "../run/chain-views.ts";
import type { JsonValue } from "../run/result.ts";
import type { MinedEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";

interface TallyQuestion {
  readonly views: ChainViews;
  /** Heights that count, both included. */
  readonly from: number;
  readonly until: number;
  readonly theory: ((alpha: number, gamma: number) => number) | undefined;
}

/** Fields of {@link WithholdingTally.summary}. */
export const WITHHOLDING_RESULTS: readonly string[] = [
  "blocks",
  "ownBlocks",
  "share",
  "alpha",
  "gamma",
  "races",
  "staleShare",
  "expectedShare",
  "deviation",
];

/** What a withholding miner found, and what became of it. */
export class WithholdingTally {
  readonly #node: NodeName;
  #ownFound = 0;
  #othersFound = 0;
  #racesOurs = 0;
  #racesTheirs = 0;

  constructor(node: NodeName) {
    this.#node = node;
  }

  mined(event: MinedEvent): void {
    if (event.node === this.#node) this.#ownFound += 1;
    else this.#othersFound += 1;
  }

  /** Somebody else's block ended a race: built on this miner's branch, or on the other. */
  raced(side: "ours" | "theirs"): void {
    if (side === "ours") this.#racesOurs += 1;
    else this.#racesTheirs += 1;
  }

  /**
   * `blocks` settled, `ownBlocks` of them, `share` = their fraction; `alpha` = fraction of all blocks found; `gamma` =
   * fraction of the others' blocks in a race that were built on this miner's branch (null: no race); `staleShare` =
   * fraction of all blocks found that are not on the chain; `expectedShare` of the formula for this alpha and gamma and
   * `deviation` = share − expectedShare (both null without a formula).
   */
  summary({ views, from, until, theory }: TallyQuestion): { readonly [field: string]: JsonValue } {
    const blocks = Math.max(0, until - from + 1);
    const ownBlocks = this.#ownOnChain(views, from, until);
    const found = this.#ownFound + this.#othersFound;
    const races = this.#racesOurs + this.#racesTheirs;
    const share = blocks === 0 ? 0 : ownBlocks / blocks;
    const alpha = found === 0 ? 0 : this.#ownFound / found;
    const gamma = races === 0 ? null : this.#racesOurs / races;
    const expectedShare = theory === undefined ? null : theory(alpha, gamma ?? 0);
    return {
      blocks,
      ownBlocks,
      share,
      alpha,
      gamma,
      races,
      staleShare: found === 0 ? 0 : Math.max(0, found - blocks) / found,
      expectedShare,
      deviation: expectedShare === null ? null : share - expectedShare,
    };
  }

  #ownOnChain(views: ChainViews, from: number, until: number): number {
    let own = 0;
    for (let height = from; height <= until; height++) {
      const place = views.activeAt(this.#node, height);
      if (place !== undefined && views.miner(place.hash) === this.#node) own += 1;
    }
    return own;
  }
}
