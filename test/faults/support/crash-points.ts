import type { Engine, WriteOperation } from "@forkyard/storage/engine/engine";

/** What a batch is, told from the records in it. */
const BATCH_KINDS = [
  "metadata",
  "genesis",
  "connect",
  "reorg",
  "catch-up",
  "side-block",
  "salvage-bodies",
  "salvage-index",
  "prune",
  "clean-mark",
] as const;
type BatchKind = (typeof BATCH_KINDS)[number];

/** Every place at which a process can be told to die: around each kind of write, and before the listeners hear of it. */
export const CRASH_POINTS: readonly string[] = [
  ...BATCH_KINDS.flatMap((kind) => [`before-${kind}`, `after-${kind}`]),
  "between-batch-and-event",
];

/** Points that only a rebuild reaches. */
export function needsRebuild(point: string): boolean {
  return /catch-up|salvage/.test(point);
}

/** Points that only a new folder reaches. */
export function needsNewFolder(point: string): boolean {
  return /metadata|genesis/.test(point);
}

/** Ends this process at the given passage of the given point, as suddenly as a power switch would. */
export class CrashPlan {
  readonly #point: string;
  #left: number;

  /** @param text POINT:PASSAGE, for instance after-reorg:2; empty for never */
  constructor(text: string) {
    const [point = "", passage = "1"] = text.split(":");
    this.#point = point;
    this.#left = Number(passage);
  }

  pass(point: string): void {
    if (point !== this.#point) return;
    this.#left -= 1;
    if (this.#left <= 0) process.kill(process.pid, "SIGKILL");
  }

  /** The same engine, with a crash point before and after each write. */
  around(engine: Engine): Engine {
    return {
      location: engine.location,
      get: (key) => engine.get(key),
      scan: (range) => engine.scan(range),
      close: () => engine.close(),
      write: async (operations) => {
        const kind = kindOf(operations);
        if (kind !== undefined) this.pass(`before-${kind}`);
        await engine.write(operations);
        if (kind !== undefined) this.pass(`after-${kind}`);
      },
    };
  }
}

function kindOf(operations: readonly WriteOperation[]): BatchKind | undefined {
  const puts = operations.filter(({ kind }) => kind === "put").map(({ key }) => String.fromCharCode(key[0] as number));
  const count = (letter: string): number => puts.filter((put) => put === letter).length;
  if (count("m") > 0) return "metadata";
  if (count("s") > 0) return "clean-mark";
  if (count("p") > 0) return "prune";
  if (count("t") > 0) {
    if (count("u") === 1 && count("b") === 1 && count("c") === 0) return "genesis";
    if (count("u") <= 1) return "connect";
    return count("b") > 0 ? "reorg" : "catch-up";
  }
  if (count("b") > 0) return count("e") > 0 ? "side-block" : "salvage-bodies";
  return count("e") > 0 ? "salvage-index" : undefined;
}
