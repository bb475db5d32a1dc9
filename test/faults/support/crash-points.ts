import type { SwapStep } from "@forkyard/node/recovery/swap-folder";
import type { Engine, WriteOperation } from "@forkyard/storage/engine/engine";
import type { CoinCacheOptions } from "@forkyard/storage/flush-policy";

/** What a batch is, told from the records in it. "-flush": coins go to the disk in the same batch. */
const BATCH_KINDS = [
  "metadata",
  "genesis",
  "connect",
  "connect-flush",
  "reorg",
  "reorg-flush",
  "catch-up",
  "side-block",
  "salvage-bodies",
  "salvage-index",
  "flush",
  "flush-begin",
  "flush-middle",
  "flush-end",
  "replay",
  "replay-begin",
  "replay-middle",
  "replay-end",
  "prune",
  "clean-mark",
] as const;
type BatchKind = (typeof BATCH_KINDS)[number];

const SWAP_STEPS: readonly SwapStep[] = ["old-renamed", "new-renamed", "parent-synced", "leftovers-removed"];

/** Where a process ends by itself instead of closing what it has open. */
export const UNCLOSED = "unclosed";

/**
 * Every place at which a process can be told to die: before and after each kind of write, which are all synced, between
 * the steps of putting one folder in the place of another, and before the listeners hear of a block.
 */
export const CRASH_POINTS: readonly string[] = [
  ...BATCH_KINDS.flatMap((kind) => [`before-${kind}`, `after-${kind}`]),
  ...SWAP_STEPS,
  "between-batch-and-event",
];

/** Points that only a rebuild reaches. */
export function needsRebuild(point: string): boolean {
  return /catch-up|salvage/.test(point) || SWAP_STEPS.some((step) => step === point);
}

/** Points that only a new folder reaches. */
export function needsNewFolder(point: string): boolean {
  return /metadata|genesis/.test(point);
}

/** Points that only a start reaches that finds the coins behind the tip. */
export function needsReplay(point: string): boolean {
  return point.includes("replay");
}

/** How the coins have to be kept for a point to be reached. */
export function coinCacheFor(point: string): CoinCacheOptions {
  const inOneBatch = /(connect|reorg)-flush|-(flush|replay|prune|clean-mark)$/.test(point);
  return { flushAfterBlocks: 7, maxBatchBytes: inOneBatch ? 1_000_000 : 300 };
}

/** Ends this process at the given passage of the given point, as suddenly as a power switch would. */
export class CrashPlan {
  readonly #point: string;
  #left: number;
  #opening = true;

  /** @param text POINT:PASSAGE, for instance after-reorg:2; empty for never */
  constructor(text: string) {
    const [point = "", passage = "1"] = text.split(":");
    this.#point = point;
    this.#left = Number(passage);
  }

  /** Opening is over: what is written from now on is no replay. */
  opened(): void {
    this.#opening = false;
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
        const kind = kindOf(operations, this.#opening);
        if (kind !== undefined) this.pass(`before-${kind}`);
        await engine.write(operations);
        if (kind !== undefined) this.pass(`after-${kind}`);
      },
    };
  }
}

function kindOf(operations: readonly WriteOperation[], opening: boolean): BatchKind | undefined {
  const letters = (wanted: WriteOperation["kind"]): string[] =>
    operations.filter(({ kind }) => kind === wanted).map(({ key }) => String.fromCharCode(key[0] as number));
  const puts = letters("put");
  const count = (letter: string): number => puts.filter((put) => put === letter).length;
  if (count("m") > 0) return "metadata";
  if (count("s") > 0) return "clean-mark";
  if (count("p") > 0) return "prune";
  if (count("u") > 0) return kindOfConnect(count);
  if (count("b") > 0) return count("e") > 0 ? "side-block" : "salvage-bodies";
  if (count("e") > 0) return "salvage-index";
  const phase = opening ? "replay" : "flush";
  if (count("f") > 0) return `${phase}-begin`;
  if (letters("delete").includes("f")) return `${phase}-end`;
  if (count("t") > 0) return phase;
  return puts.includes("c") || letters("delete").includes("c") ? `${phase}-middle` : undefined;
}

function kindOfConnect(count: (letter: string) => number): BatchKind {
  const flushes = count("t") > 0;
  if (flushes && count("b") === 1 && count("u") === 1 && count("c") === 0) return "genesis";
  if (count("u") === 1) return flushes ? "connect-flush" : "connect";
  if (count("b") === 0) return "catch-up";
  return flushes ? "reorg-flush" : "reorg";
}
