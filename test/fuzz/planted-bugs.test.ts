/**
 * Bugs put in on purpose, by wrapping methods of the product: random worlds must find each within two hundred seeds and
 * cut the world that shows it down to fewer than twenty events.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta } from "@forkyard/core/coins";
import type { InvariantName } from "@forkyard/lab/checkers/violation";
import { drawWorld } from "@forkyard/lab/fuzz/draw/draw-world";
import { runFuzzWorld } from "@forkyard/lab/fuzz/run-fuzz-world";
import { shrinkWorld } from "@forkyard/lab/fuzz/shrink/shrink-world";
import type { MempoolEntry } from "@forkyard/mempool/entry";
import { Mempool } from "@forkyard/mempool/mempool";
import { StagedCoins } from "@forkyard/node/chain/staged-coins";

const MAX_SEEDS = 200;
const MAX_EVENTS = 20;
const WORK_OF_ANY_BLOCK = 65_536n;

type Method<T, K extends keyof T> = T[K] extends (...args: infer A) => infer R ? (this: T, ...args: A) => R : never;

/** Puts another method around one, for as long as `use` takes. */
async function planted<T extends object, K extends keyof T>(
  prototype: T,
  name: K,
  around: (method: Method<T, K>) => Method<T, K>,
  use: () => Promise<void>,
): Promise<void> {
  const before = Object.getOwnPropertyDescriptor(prototype, name);
  assert.ok(before !== undefined, `there is no method ${String(name)}`);
  Object.defineProperty(prototype, name, { ...before, value: around(before.value as Method<T, K>) });
  try {
    await use();
  } finally {
    Object.defineProperty(prototype, name, before);
  }
}

/** @param invariants any of which may be what the bug breaks */
async function expectFound(...invariants: readonly InvariantName[]): Promise<void> {
  for (let seed = 1; seed <= MAX_SEEDS; seed++) {
    const world = drawWorld(seed);
    const outcome = await runFuzzWorld(world);
    if (outcome.violation === undefined) continue;
    const { invariant, text } = outcome.violation;
    assert.ok(invariants.includes(invariant), `seed ${seed} breaks ${invariant}: ${text}`);
    const { world: small, runs } = await shrinkWorld(world, outcome);
    const said = `seed ${seed}, ${world.events.length} events, after ${runs} tries ${small.events.length}: ${text}`;
    assert.ok(small.events.length < MAX_EVENTS, said);
    console.info(said);
    return;
  }
  assert.fail(`${MAX_SEEDS} worlds, and none shows it`);
}

describe("planted bugs", () => {
  test("fork choice that prefers the last of two branches with equal work", () =>
    planted(
      HeaderTree.prototype,
      "bestCandidate",
      (bestCandidate) =>
        function (this: HeaderTree) {
          const best = bestCandidate.call(this);
          return this.candidatesAbove(best.chainWork - 1n).reduce((last, other) =>
            other.sequence > last.sequence ? other : last,
          );
        },
      () =>
        planted(
          HeaderTree.prototype,
          "isBetter",
          (isBetter) =>
            function (this: HeaderTree, a: ChainEntry, b: ChainEntry) {
              return a.chainWork === b.chainWork ? a.sequence > b.sequence : isBetter.call(this, a, b);
            },
          () => expectFound("most-work"),
        ),
    ));

  test("fork choice that counts blocks in place of work", () =>
    planted(
      HeaderTree.prototype,
      "add",
      (add) =>
        function (this: HeaderTree, entry: ChainEntry) {
          const before = this.get(entry.header.prevHash)?.chainWork ?? 0n;
          return add.call(this, { ...entry, chainWork: before + WORK_OF_ANY_BLOCK });
        },
      () => expectFound("most-work", "liveness"),
    ));

  test("a mempool that keeps a conflict after a reorganisation", () => {
    const ghosts = new WeakMap<Mempool, readonly MempoolEntry[]>();
    const haunted = (use: () => Promise<void>): Promise<void> =>
      planted(
        Mempool.prototype,
        "entries",
        (entries) =>
          function* (this: Mempool) {
            yield* entries.call(this);
            yield* ghosts.get(this) ?? [];
          },
        use,
      );
    return haunted(() =>
      planted(
        Mempool.prototype,
        "reorganised",
        (reorganised) =>
          function (this: Mempool, disconnected, connected, context) {
            ghosts.delete(this);
            const before = new Map(Array.from(this.entries(), (entry) => [entry.txid, entry]));
            const result = reorganised.call(this, disconnected, connected, context);
            ghosts.set(
              this,
              result.conflicted.flatMap((txid) => before.get(txid) ?? []),
            );
            return result;
          },
        () => expectFound("mempool", "limits"),
      ),
    );
  });

  test("a mempool into which nothing comes back from blocks taken back", () =>
    planted(
      Mempool.prototype,
      "reorganised",
      (reorganised) =>
        function (this: Mempool, _disconnected, connected, context) {
          return reorganised.call(this, [], connected, context);
        },
      () => expectFound("lost-payments"),
    ));

  test("undo data that forgets one coin", () =>
    planted(
      StagedCoins.prototype,
      "disconnect",
      (disconnect) =>
        function (this: StagedCoins, { created, spent }: BlockDelta) {
          disconnect.call(this, { created, spent: spent.slice(0, -1) });
        },
      () => expectFound("coins", "supply", "most-work", "verdicts"),
    ));
});
