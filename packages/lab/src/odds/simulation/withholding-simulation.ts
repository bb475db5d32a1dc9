import { ACTIVE, ADOPT, IRRELEVANT, MATCH, OVERRIDE, RELEVANT } from "../optimal-mining/mining-action.ts";
import { type PolicyTable, stateIndex } from "../optimal-mining/policy-table.ts";
import { type RandomWords, wordThreshold } from "./random-words.ts";
import { ShareCounter, type ShareTally } from "./share-tally.ts";

/** Withholding by any policy. */
export interface WithholdingQuestion {
  readonly kind: "withholding";
  readonly alpha: number;
  readonly gamma: number;
  readonly policy: PolicyTable;
}

/** The model of arXiv:1507.06183, played block by block. One run is the time between two moments when all miners agree. */
export function prepareWithholding(question: WithholdingQuestion): (words: RandomWords, runs: number) => ShareTally {
  const game = new WithholdingGame(question);
  return (words, runs) => {
    const counter = new ShareCounter();
    for (let run = 0; run < runs; run++) {
      game.play(words);
      counter.add(game.own, game.others);
    }
    return counter.tally();
  };
}

class WithholdingGame {
  /** Blocks that count since play began. */
  own = 0;
  others = 0;
  readonly #policy: PolicyTable;
  readonly #attacker: number;
  readonly #onOwnBranch: number;
  #a = 0;
  #h = 0;
  #forkState = IRRELEVANT;

  constructor({ alpha, gamma, policy }: WithholdingQuestion) {
    this.#policy = policy;
    this.#attacker = wordThreshold(alpha);
    this.#onOwnBranch = wordThreshold(gamma);
  }

  play(words: RandomWords): void {
    this.own = 0;
    this.others = 0;
    do {
      this.#mineBlock(words);
      this.#act();
    } while (this.#a > 0 || this.#h > 0);
  }

  #mineBlock(words: RandomWords): void {
    const split = this.#forkState === ACTIVE;
    if (words.next() >>> 0 < this.#attacker) {
      this.#a += 1;
      if (!split) this.#forkState = IRRELEVANT;
      return;
    }
    // In a split, an honest block on the own branch settles the part of it that was published.
    if (split && words.next() >>> 0 < this.#onOwnBranch) {
      this.own += this.#h;
      this.#a -= this.#h;
      this.#h = 1;
    } else this.#h += 1;
    this.#forkState = RELEVANT;
  }

  #act(): void {
    const { maxForkBlocks, actions } = this.#policy;
    const action = actions[stateIndex(maxForkBlocks, this.#a, this.#h, this.#forkState)];
    if (action === MATCH) this.#forkState = ACTIVE;
    else if (action === OVERRIDE) {
      this.own += this.#h + 1;
      this.#a -= this.#h + 1;
      this.#h = 0;
      this.#forkState = IRRELEVANT;
    } else if (action === ADOPT) {
      this.others += this.#h;
      this.#a = 0;
      this.#h = 0;
      this.#forkState = IRRELEVANT;
    }
  }
}
