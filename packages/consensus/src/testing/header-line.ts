import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash, MerkleRoot } from "@forkyard/core/hash";
import { ZERO_HASH } from "@forkyard/core/hash";
import type { Ancestry } from "../rules/ancestry.ts";

/** A line of made-up headers without work, for rules that only look at times, bits and heights. */
export class HeaderLine implements Ancestry {
  readonly #entries: ChainEntry[] = [];

  /** @param first height of the first header */
  constructor(first = 0) {
    this.#first = first;
  }

  readonly #first: number;

  push(fields: { time: number; bits?: number; scheduleTime?: number }): ChainEntry {
    const height = this.#first + this.#entries.length;
    const entry: ChainEntry = {
      hash: height.toString(16).padStart(64, "0") as BlockHash,
      header: {
        version: 4,
        prevHash: (this.#entries.at(-1)?.hash ?? ZERO_HASH) as BlockHash,
        merkleRoot: ZERO_HASH as MerkleRoot,
        time: fields.time,
        bits: fields.bits ?? 0x207fffff,
        nonce: 0,
      },
      height,
      chainWork: BigInt(height + 1),
      scheduleTime: fields.scheduleTime ?? 0,
      status: "connected",
      sequence: height + 1,
    };
    this.#entries.push(entry);
    return entry;
  }

  tip(): ChainEntry {
    return this.#entries.at(-1) as ChainEntry;
  }

  ancestor(_entry: ChainEntry, height: number): ChainEntry {
    const entry = this.#entries[height - this.#first];
    if (entry === undefined) throw new RangeError(`no header at height ${height}`);
    return entry;
  }
}
