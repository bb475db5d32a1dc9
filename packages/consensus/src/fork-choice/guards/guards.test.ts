import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash, MerkleRoot } from "@forkyard/core/hash";
import fc from "fast-check";
import type { ReorgPlan } from "../reorg-plan.ts";
import { compositeGuard } from "./composite-guard.ts";
import { delayFunctionGuard } from "./delay-function.ts";
import { finalityDepthGuard } from "./finality-depth.ts";
import { lateBlockPenaltyGuard } from "./late-block-penalty.ts";
import { lockedBlocksGuard } from "./locked-blocks.ts";
import { messFactor, messGuard } from "./modified-exponential-scoring.ts";
import type { GuardContext, LockedBlock, ReorgGuard } from "./reorg-guard.ts";
import { subjectiveScoringGuard } from "./subjective-scoring.ts";

const FORK_HEIGHT = 100;
const INTERVAL_MS = 600_000;

interface Shape {
  /** Blocks that would be taken back, each 1,000 of work; shown one an interval. */
  readonly lost: number;
  readonly gained: number;
  /** Work of each block put on. */
  readonly work?: bigint;
  /** When each block put on was first seen; default: all of them after the last one lost. */
  readonly shownMs?: (index: number) => number | undefined;
  readonly locked?: readonly LockedBlock[];
}

/** Hashes here are names. */
function hashOf(name: string): BlockHash {
  return name as BlockHash;
}

function entry(side: string, index: number, chainWork: bigint): ChainEntry {
  const height = FORK_HEIGHT + index;
  return {
    hash: hashOf(`${side}${height}`),
    height,
    chainWork,
    header: { version: 1, prevHash: hashOf(""), merkleRoot: "" as MerkleRoot, time: index * 600, bits: 0, nonce: 0 },
    scheduleTime: 0,
    status: "body",
    sequence: 0,
  };
}

function reorgOf({ lost, gained, work = 1_000n, shownMs, locked = [] }: Shape): [ReorgPlan, GuardContext] {
  const base = 50_000n;
  const list = (side: string, count: number, each: bigint): ChainEntry[] =>
    Array.from({ length: count }, (_, at) => entry(side, at + 1, base + each * BigInt(at + 1)));
  const disconnect = list("ours", lost, 1_000n).reverse();
  const connect = list("theirs", gained, work);
  const seen = new Map<string, number | undefined>([
    ...disconnect.map(({ hash, height }) => [hash, (height - FORK_HEIGHT) * INTERVAL_MS] as const),
    ...connect.map(({ hash }, at) => [hash, (shownMs ?? ((): number => lost * INTERVAL_MS + 1))(at)] as const),
  ]);
  const nowMs = lost * INTERVAL_MS + 2;
  return [
    { fork: entry("shared", 0, base), disconnect, connect },
    { nowMs, firstSeenMs: (hash) => seen.get(hash), locked },
  ];
}

/** When a branch was shown: at once after ten own blocks, or block by block, one behind the own ones. */
const afterTen = (): number => 10 * INTERVAL_MS;
const oneByOne = (index: number): number => (index + 2) * INTERVAL_MS;

function permits(guard: ReorgGuard, shape: Shape): boolean {
  return guard.permits(...reorgOf(shape)).permitted;
}

const everyGuard: readonly ReorgGuard[] = [
  finalityDepthGuard(5),
  lockedBlocksGuard("checkpoints"),
  subjectiveScoringGuard({ halvingBlocks: 10, graceBlocks: 3 }),
  lateBlockPenaltyGuard({ blocksPerLateMs: 1 / INTERVAL_MS, graceMs: INTERVAL_MS }),
  delayFunctionGuard(),
  messGuard(),
];

describe("every guard", () => {
  it("lets the chain grow", () => {
    for (const guard of everyGuard) assert.equal(permits(guard, { lost: 0, gained: 3 }), true, guard.name);
  });

  it("lets an ordinary race be decided", () => {
    for (const guard of everyGuard) {
      const shape = { lost: 1, gained: 2, shownMs: () => INTERVAL_MS + 2_000 };
      assert.equal(permits(guard, shape), true, guard.name);
    }
  });

  it("but the locks refuses a branch withheld for 40 blocks", () => {
    for (const guard of everyGuard) {
      assert.equal(permits(guard, { lost: 40, gained: 41 }), guard.name === "checkpoints", guard.name);
    }
  });

  it("that refuses a branch refuses one with less on it too", () => {
    fc.assert(
      fc.property(fc.nat({ max: 60 }), fc.integer({ min: 1, max: 90 }), fc.nat({ max: 30 }), (lost, gained, less) => {
        for (const guard of everyGuard) {
          if (gained <= less || permits(guard, { lost, gained })) continue;
          assert.equal(permits(guard, { lost, gained: gained - less }), false, guard.name);
        }
      }),
    );
  });
});

describe("finality depth", () => {
  it("takes back as many blocks as it says and no more", () => {
    assert.equal(permits(finalityDepthGuard(5), { lost: 5, gained: 6 }), true);
    assert.equal(permits(finalityDepthGuard(5), { lost: 6, gained: 70 }), false);
    assert.throws(() => finalityDepthGuard(0));
  });
});

describe("locked blocks", () => {
  const guard = lockedBlocksGuard("chainlocks");

  it("are never taken back", () => {
    const locked = [{ height: 102, hash: hashOf("ours102") }];
    assert.equal(permits(guard, { lost: 3, gained: 9, locked }), false);
    const verdict = guard.permits(...reorgOf({ lost: 3, gained: 9, locked }));
    assert.match(verdict.permitted ? "" : verdict.reason, /height 102/);
  });

  it("keep other blocks off their height", () => {
    assert.equal(permits(guard, { lost: 0, gained: 3, locked: [{ height: 102, hash: hashOf("other") }] }), false);
  });

  it("on the branch let it through, and so do those at or below the fork", () => {
    assert.equal(permits(guard, { lost: 3, gained: 4, locked: [{ height: 101, hash: hashOf("theirs101") }] }), true);
    assert.equal(permits(guard, { lost: 3, gained: 4, locked: [{ height: 100, hash: hashOf("shared100") }] }), true);
  });
});

describe("subjective scoring", () => {
  const guard = subjectiveScoringGuard({ halvingBlocks: 10, graceBlocks: 3 });

  it("costs nothing within the grace", () => {
    assert.equal(permits(guard, { lost: 3, gained: 4 }), true);
  });

  it("wants twice the work for each ten blocks of lateness", () => {
    // 13 blocks late, three of them free: strictly more than twice the work.
    assert.equal(permits(guard, { lost: 13, gained: 26 }), false);
    assert.equal(permits(guard, { lost: 13, gained: 27 }), true);
    // In between, 2^(5/10): 18 blocks need more than 25.456.
    assert.equal(permits(guard, { lost: 8, gained: 11 }), false);
    assert.equal(permits(guard, { lost: 8, gained: 12 }), true);
  });

  it("counts work and not blocks", () => {
    assert.equal(permits(guard, { lost: 13, gained: 3, work: 9_000n }), true);
  });

  it("counts lateness up to when the branch was first shown", () => {
    assert.equal(permits(guard, { lost: 40, gained: 41, shownMs: () => 3 * INTERVAL_MS }), true);
    assert.equal(permits(guard, { lost: 40, gained: 41, shownMs: () => undefined }), false);
  });
});

describe("late-block penalty", () => {
  const guard = lateBlockPenaltyGuard({ blocksPerLateMs: 1 / INTERVAL_MS, graceMs: INTERVAL_MS });

  it("asks one block more for each interval of lateness beyond the grace", () => {
    // First own block seen at 1 interval, the branch at 10: nine late, one free, so more than eight blocks ahead.
    assert.equal(permits(guard, { lost: 10, gained: 18, shownMs: afterTen }), false);
    assert.equal(permits(guard, { lost: 10, gained: 19, shownMs: afterTen }), true);
  });

  it("costs nothing to a branch that was shown in time", () => {
    assert.equal(permits(guard, { lost: 10, gained: 11, shownMs: () => 2 * INTERVAL_MS }), true);
  });
});

describe("delay function", () => {
  it("costs nothing when no block came five behind the tip", () => {
    assert.equal(permits(delayFunctionGuard(5), { lost: 5, gained: 6 }), true);
  });

  it("asks n (n + 1) / 2 blocks for n blocks of delay", () => {
    // Shown at once, 7 behind: 6 + 5 + … + 1 below the tip, 0 at it, and one off for each block above: 21 of them.
    assert.equal(permits(delayFunctionGuard(5), { lost: 7, gained: 7 + 20 }), false);
    assert.equal(permits(delayFunctionGuard(5), { lost: 7, gained: 7 + 21 }), true);
  });

  it("measures each block against the height at which it arrived", () => {
    assert.equal(permits(delayFunctionGuard(5), { lost: 20, gained: 21, shownMs: oneByOne }), true);
  });
});

describe("MESS", () => {
  it("has the factors that ECIP-1100 gives", () => {
    assert.equal(messFactor(0), 128n);
    assert.equal(messFactor(25_132), 3_968n);
    assert.equal(messFactor(1e9), 3_968n);
    assert.equal(messFactor(-5), 128n);
    const whole = [100, 300, 500, 1000, 2000, 10_000].map((blocks) => messFactor(blocks * 13) / 128n);
    assert.deepEqual(whole, [1n, 2n, 5n, 16n, 31n, 31n]);
  });

  it("never falls as time goes by", () => {
    fc.assert(
      fc.property(fc.nat({ max: 30_000 }), fc.nat({ max: 30_000 }), (seconds, more) => {
        assert.ok(messFactor(seconds + more) >= messFactor(seconds));
      }),
    );
  });

  it("asks for that much more work", () => {
    // Six blocks of ten minutes: 3,600 s, factor 2.66.
    assert.equal(permits(messGuard(), { lost: 6, gained: 15 }), false);
    assert.equal(permits(messGuard(), { lost: 6, gained: 16 }), true);
  });
});

describe("composite guard", () => {
  it("permits what all permit, and names the first that does not", () => {
    const both = compositeGuard([
      finalityDepthGuard(10),
      subjectiveScoringGuard({ halvingBlocks: 10, graceBlocks: 0 }),
    ]);
    assert.equal(both.name, "finality-depth+subjective-scoring");
    assert.equal(permits(both, { lost: 1, gained: 2 }), true);
    const verdict = both.permits(...reorgOf({ lost: 11, gained: 100 }));
    assert.match(verdict.permitted ? "" : verdict.reason, /^finality-depth: /);
    assert.match(JSON.stringify(both.permits(...reorgOf({ lost: 9, gained: 10 }))), /subjective-scoring: /);
  });

  it("of none permits everything", () => {
    assert.equal(permits(compositeGuard([]), { lost: 900, gained: 901 }), true);
  });
});
