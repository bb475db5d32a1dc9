import type { RuleError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import type { MempoolEntry } from "./entry.ts";

/**
 * Why an entry left: mined; spent against by a block; replaced by a better paying one; oldest or cheapest of a full
 * pool; made invalid by a reorganisation.
 */
export type RemovalReason = "block" | "conflict" | "replaced" | "expired" | "size-limit" | "reorg";

export interface Removal {
  readonly entry: MempoolEntry;
  readonly reason: RemovalReason;
  /** The transaction that took its place, for "conflict" and "replaced". */
  readonly replacedBy?: Txid;
}

/** An orphan whose parents came and that was refused then. */
export interface RefusedOrphan {
  readonly txid: Txid;
  readonly sender: string;
  readonly error: RuleError;
}

/** Everything that has happened since the last report, in order within each list. */
export interface MempoolChanges {
  readonly added: readonly MempoolEntry[];
  readonly removed: readonly Removal[];
  readonly refusedOrphans: readonly RefusedOrphan[];
}

/** Gathers changes until they are reported. One that came and went in between shows in both lists. */
export class ChangeLog {
  #added: MempoolEntry[] = [];
  #removed: Removal[] = [];
  #refusedOrphans: RefusedOrphan[] = [];

  added(entry: MempoolEntry): void {
    this.#added.push(entry);
  }

  removed(entries: Iterable<MempoolEntry>, reason: RemovalReason, replacedBy?: Txid): void {
    for (const entry of entries) {
      this.#removed.push(replacedBy === undefined ? { entry, reason } : { entry, reason, replacedBy });
    }
  }

  refusedOrphan(orphan: RefusedOrphan): void {
    this.#refusedOrphans.push(orphan);
  }

  take(): MempoolChanges {
    const changes = { added: this.#added, removed: this.#removed, refusedOrphans: this.#refusedOrphans };
    this.#added = [];
    this.#removed = [];
    this.#refusedOrphans = [];
    return changes;
  }
}
