import type { ScriptFlags } from "@forkyard/consensus/rules/script/flags";
import { toHex } from "@forkyard/core/bytes/bytes";
import type { Wtxid } from "@forkyard/core/hash";
import type { Random } from "@forkyard/core/ports/random";
import { MAX_VERIFIED_TRANSACTIONS } from "../limits.ts";

const SALT_BYTES = 16;

/**
 * Which transactions passed all their scripts, under which flags. A wtxid commits to every byte of the transaction and
 * through its outpoints to the outputs it spends, so that the answer holds in whatever block it turns up. Keys
 * are compared in full and begin with a salt of our own, so that nobody can choose transactions whose keys are alike to
 * the table that holds them. The oldest go first.
 * Source: Bitcoin Core's script execution cache.
 */
export class VerifiedTransactions {
  readonly #salt: string;
  readonly #limit: number;
  readonly #keys = new Set<string>();

  /** @param limit entries, of some 100 bytes each */
  constructor(random: Random, limit: number = MAX_VERIFIED_TRANSACTIONS) {
    this.#salt = toHex(random.bytes(SALT_BYTES));
    this.#limit = limit;
  }

  get size(): number {
    return this.#keys.size;
  }

  has(wtxid: Wtxid, flags: ScriptFlags): boolean {
    return this.#keys.size > 0 && this.#keys.has(this.keyOf(wtxid, flags));
  }

  /** All inputs of the transaction passed under exactly these flags. */
  add(wtxid: Wtxid, flags: ScriptFlags): void {
    this.#keys.add(this.keyOf(wtxid, flags));
    if (this.#keys.size <= this.#limit) return;
    const [oldest] = this.#keys;
    if (oldest !== undefined) this.#keys.delete(oldest);
  }

  /** What an answer is filed under. */
  keyOf(wtxid: Wtxid, flags: ScriptFlags): string {
    return `${this.#salt}${flags} ${wtxid}`;
  }
}
