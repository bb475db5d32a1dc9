import { assert } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import { MAX_PRESYNC_ANSWERS } from "../limits.ts";

/** What the second pass must show again: the hash of a header commits to all before it. */
interface Commitment {
  /** Headers in the answer. */
  readonly count: number;
  readonly lastHash: BlockHash;
}

/**
 * Two passes over a chain of headers that so far has too little work to be worth storing (the idea of Bitcoin Core's
 * `HeadersSyncState`). The first only adds its work up and remembers one hash an answer; when the work is enough, the
 * same headers are fetched again and stored. Whoever floods us with cheap headers makes nothing grow but a list of hashes.
 */
export class HeaderPresync {
  /** The known header that the chain is built on. */
  readonly #start: BlockHash;
  readonly #commitments: Commitment[] = [];
  #work: bigint;
  #last: BlockHash;
  #storing = false;
  #confirmed = 0;

  /** @param startWork work of the chain up to `start` */
  constructor(start: BlockHash, startWork: bigint) {
    this.#start = start;
    this.#last = start;
    this.#work = startWork;
  }

  /** Work shown in the first pass, and before. */
  get work(): bigint {
    return this.#work;
  }

  /** The header that the next answer must go on from. */
  get from(): BlockHash {
    return this.#last;
  }

  get storing(): boolean {
    return this.#storing;
  }

  /** Every answer of the first pass has come a second time. */
  get done(): boolean {
    return this.#storing && this.#confirmed === this.#commitments.length;
  }

  /** First pass: takes an answer that goes on from {@link from}. False when there were more than are worth following. */
  count(headers: readonly BlockHeader[], work: bigint): boolean {
    assert(!this.#storing, "work is counted in the first pass");
    const lastHash = blockHashOf(headers.at(-1) as BlockHeader);
    this.#commitments.push({ count: headers.length, lastHash });
    this.#work += work;
    this.#last = lastHash;
    return this.#commitments.length <= MAX_PRESYNC_ANSWERS;
  }

  /** The work is enough: everything is to be asked for again. */
  startStoring(): void {
    this.#storing = true;
    this.#last = this.#start;
  }

  /** Second pass: true when the answer holds what the first pass saw in its place; it may go on beyond. */
  confirm(headers: readonly BlockHeader[]): boolean {
    const expected = this.#commitments[this.#confirmed];
    const last = expected === undefined ? undefined : headers[expected.count - 1];
    if (expected === undefined || last === undefined || blockHashOf(last) !== expected.lastHash) return false;
    this.#confirmed += 1;
    this.#last = expected.lastHash;
    return true;
  }
}
