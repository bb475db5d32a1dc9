import type { WriteOperation } from "../engine/engine.ts";
import { MemoryEngine } from "../engine/memory-engine.ts";

/** A disk in memory whose process can be ended between two writes: what is written after that never arrives. */
export class BrokenOffEngine extends MemoryEngine {
  /** Writes that still arrive. */
  writesLeft: number = Number.POSITIVE_INFINITY;
  /** Kinds of keys of each write that arrived: the letters of keys.ts, deletions in capitals. */
  readonly written: string[] = [];

  override async write(operations: readonly WriteOperation[]): Promise<void> {
    if (this.writesLeft <= 0) return;
    this.writesLeft -= 1;
    const letters = operations.map(({ kind, key }) => {
      const letter = String.fromCharCode(key[0] ?? 0);
      return kind === "put" ? letter : letter.toUpperCase();
    });
    this.written.push([...new Set(letters)].toSorted().join(""));
    await super.write(operations);
  }
}
