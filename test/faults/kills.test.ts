/** Sudden ends: kill -9 at random moments and at named points, during work and during recovery. Nothing is lost. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { BlockHash } from "@forkyard/core/hash";
import { networkByName } from "@forkyard/core/params/networks";
import { verifyChain } from "@forkyard/node/recovery/verify-chain";
import { SeededRandom } from "../fuzz/support/seeded-random.ts";
import { anyCoinCache } from "./support/any-coin-cache.ts";
import { COUNTS, SEED } from "./support/counts.ts";
import {
  CRASH_POINTS,
  coinCacheFor,
  needsNewFolder,
  needsRebuild,
  needsReplay,
  UNCLOSED,
} from "./support/crash-points.ts";
import { drawn } from "./support/drawn.ts";
import { type Inspection, inspect } from "./support/inspect-chain.ts";
import { runVictim, type Testimony } from "./support/victim.ts";

/** A folder is begun anew after so many kills, so that inspecting it stays quick. */
const KILLS_A_FOLDER = 25;
const MAX_LINES = 30;
const MAX_OPENING_MS = 400;
/** Every point is passed long before. */
const MAX_STEPS = 300;
const LIMIT_MS = 6 * 60 * 60 * 1000;

const params = networkByName("regtest");
const random = new SeededRandom(`${SEED}/kills`);

/** A data folder and the highest tip that was acknowledged in it. */
class Ground {
  readonly root: string = mkdtempSync(join(tmpdir(), "forkyard-faults-"));
  readonly folder: string = join(this.root, "chain");
  #acknowledged: { height: number; hash: BlockHash } | undefined;

  heard({ tips }: Testimony): void {
    for (const tip of tips) if (tip.height >= (this.#acknowledged?.height ?? 0)) this.#acknowledged = tip;
  }

  async inspect(): Promise<Inspection> {
    const known = this.#acknowledged === undefined ? [] : [this.#acknowledged.hash];
    const inspection = await inspect(this.folder, { known });
    assert.ok(inspection.height >= (this.#acknowledged?.height ?? 0), "the tip is below one that was acknowledged");
    return inspection;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

describe("a chain whose process is killed", { timeout: LIMIT_MS }, () => {
  test(`${COUNTS.kills} times at random, often while it recovers`, async (context) => {
    context.diagnostic(`FORKYARD_SEED=${SEED}`);
    let ground = new Ground();
    let inRecovery = 0;
    let slowestMs = 0;
    let blocks = 0;
    try {
      for (let kill = 0; kill < COUNTS.kills; kill++) {
        if (kill % KILLS_A_FOLDER === 0) {
          ground.remove();
          ground = new Ground();
        }
        const reindex = random.oneIn(3);
        const killAfter =
          reindex || random.oneIn(4)
            ? { milliseconds: random.below(MAX_OPENING_MS) }
            : { lines: 3 + random.below(MAX_LINES) };
        const env = {
          FORKYARD_REINDEX: reindex ? "1" : "0",
          FORKYARD_COIN_CACHE: JSON.stringify(anyCoinCache(random)),
        };
        const testimony = await runVictim({ folder: ground.folder, seed: `${SEED}/${kill}`, env, killAfter });
        assert.equal(testimony.signal, "SIGKILL", testimony.lines.join("\n"));
        if (!testimony.opened) inRecovery += 1;
        ground.heard(testimony);
        // Every other kill comes upon the traces of the one before.
        if (kill % 2 === 0 && kill + 1 < COUNTS.kills) continue;
        const inspection = await ground.inspect();
        slowestMs = Math.max(slowestMs, inspection.openMs);
        blocks += inspection.height;
      }
      context.diagnostic(
        `${COUNTS.kills} kills, ${inRecovery} of them while opening; slowest restart ${slowestMs.toFixed(0)} ms; ${blocks} blocks held against a healthy node`,
      );
    } finally {
      ground.remove();
    }
  });

  for (const point of drawn(random, CRASH_POINTS, COUNTS.pointsTried)) {
    test(`${COUNTS.points} times at ${point}`, async () => {
      for (let run = 0; run < COUNTS.points; run++) await crashAt(point, run);
    });
  }
});

async function crashAt(point: string, run: number): Promise<void> {
  const ground = new Ground();
  try {
    const seed = `${SEED}/${point}/${run}`;
    if (!needsNewFolder(point)) ground.heard(await prepare(ground.folder, point, seed, 12 + 2 * run));
    const prunes = point.endsWith("prune");
    const env = {
      FORKYARD_CRASH_POINT: `${point}:${passageOf(point)}`,
      FORKYARD_COIN_CACHE: JSON.stringify(coinCacheFor(point)),
      FORKYARD_REINDEX: needsRebuild(point) ? "1" : "0",
      FORKYARD_STEPS: point.endsWith("mark") ? "2" : String(MAX_STEPS),
      ...(prunes && { FORKYARD_KEPT_BLOCKS: "20" }),
    };
    const testimony = await runVictim({ folder: ground.folder, seed: `${seed}/crash`, env });
    assert.equal(testimony.signal, "SIGKILL", `${point} was not passed: ${testimony.lines.slice(-3).join("\n")}`);
    ground.heard(testimony);
    if (/connect|reorg|flush|replay/.test(point)) await verifyUntouched(ground);
    if (prunes) await inspectPruned(ground);
    else await ground.inspect();
  } finally {
    ground.remove();
  }
}

/** Grows a chain to crash on, for a replay one whose coins are far behind. */
function prepare(folder: string, point: string, seed: string, steps: number): Promise<Testimony> {
  const env = { FORKYARD_STEPS: String(steps) };
  if (!needsReplay(point)) return runVictim({ folder, seed, env });
  const FORKYARD_COIN_CACHE = JSON.stringify({ flushAfterBlocks: 10_000 });
  return runVictim({ folder, seed, env: { ...env, FORKYARD_COIN_CACHE, FORKYARD_CRASH_POINT: UNCLOSED } });
}

/** How often the point is passed before the process dies there. */
function passageOf(point: string): number {
  // Every start clears up what a swap before it may have left.
  if (point === "leftovers-removed") return 2;
  const once = needsNewFolder(point) || needsRebuild(point) || needsReplay(point) || point.endsWith("mark");
  return once ? 1 : 1 + random.below(6);
}

/** `forkyard verify` brings the coins forward in memory: it finds the tip that a node would, and changes nothing. */
async function verifyUntouched(ground: Ground): Promise<void> {
  for (let time = 0; time < 2; time++) {
    const { sound, problems } = await verifyChain({ params, dataDir: ground.root, depth: 6 });
    assert.ok(sound, JSON.stringify(problems));
  }
}

/** A healthy node cannot be told blocks that are gone: the pruned chain must open, hold, and go on. */
async function inspectPruned(ground: Ground): Promise<void> {
  const after = await runVictim({
    folder: ground.folder,
    seed: "after",
    env: { FORKYARD_STEPS: "3", FORKYARD_KEPT_BLOCKS: "20" },
  });
  assert.equal(after.code, 0, after.lines.join("\n"));
  assert.ok(!after.lines.some((line) => line.startsWith("warn")), after.lines.join("\n"));
}
