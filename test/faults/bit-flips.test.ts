/** Single bits change on the disk, in every kind of file: the healthy node's coins, or a refusal that says what is broken. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { StoreDamagedError } from "@forkyard/storage/errors";
import { SeededRandom } from "../fuzz/support/seeded-random.ts";
import { COUNTS, SEED } from "./support/counts.ts";
import { UNCLOSED } from "./support/crash-points.ts";
import { type Inspection, inspect } from "./support/inspect-chain.ts";
import { runVictim } from "./support/victim.ts";

const LIMIT_MS = 6 * 60 * 60 * 1000;
/** Kinds of files that LevelDB reads; LOCK is empty and LOG is for people. */
const KINDS = [/\.log$/, /\.ldb$/, /\.log$/, /\.ldb$/, /^MANIFEST/, /^CURRENT$/];

const random = new SeededRandom(`${SEED}/flips`);

describe("a chain whose files change by one bit", { timeout: LIMIT_MS }, () => {
  test(`${COUNTS.bitFlips} times`, async (context) => {
    context.diagnostic(`FORKYARD_SEED=${SEED}`);
    const root = mkdtempSync(join(tmpdir(), "forkyard-flips-"));
    try {
      const { folder, sound } = await makeChain(root);
      const tally = new Map<string, number>();
      for (let flip = 0; flip < COUNTS.bitFlips; flip++) {
        const copy = join(root, "copy", "chain");
        cpSync(folder, copy, { recursive: true });
        const what = flipIn(copy, KINDS[flip % KINDS.length] as RegExp);
        const outcome = await outcomeOf(copy, sound).catch((error: unknown) => {
          throw new Error(`after flipping ${what}: ${String(error)}`, { cause: error });
        });
        const line = `${what.replace(/ .*/, "").replace(/[-\d]/g, "")} ${outcome}`;
        tally.set(line, (tally.get(line) ?? 0) + 1);
        rmSync(join(root, "copy"), { recursive: true });
      }
      for (const [line, times] of tally) context.diagnostic(`${line}: ${times}`);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});

/** A chain with tables as well as a log, which take opening and closing. */
async function makeChain(root: string): Promise<{ folder: string; sound: Inspection }> {
  const folder = join(root, "chain");
  for (const [run, steps] of ["25", "6", "6"].entries()) {
    const { code } = await runVictim({ folder, seed: `${SEED}/base/${run}`, env: { FORKYARD_STEPS: steps } });
    assert.equal(code, 0);
  }
  const sound = await inspect(folder);
  // The last run ends before its coins are stored: a start then reads undo data too.
  const env = {
    FORKYARD_STEPS: "30",
    FORKYARD_COIN_CACHE: JSON.stringify({ flushAfterBlocks: 80 }),
    FORKYARD_CRASH_POINT: UNCLOSED,
  };
  const { signal } = await runVictim({ folder, seed: `${SEED}/base/last`, env });
  assert.equal(signal, "SIGKILL");
  const work = join(root, "work");
  cpSync(folder, work, { recursive: true });
  const final = await inspect(work);
  assert.ok(final.height > sound.height);
  return { folder, sound: final };
}

/** @returns which bit of which file */
function flipIn(folder: string, kind: RegExp): string {
  const names = readdirSync(folder).filter((name) => kind.test(name) && statSync(join(folder, name)).size > 0);
  const name = random.pick(names);
  const bytes = readFileSync(join(folder, name));
  const bit = random.below(bytes.length * 8);
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
  writeFileSync(join(folder, name), bytes);
  return `${name} bit ${bit} of ${bytes.length * 8}`;
}

/** Opens it, lets peers bring what is missing, and compares with the sound chain. */
async function outcomeOf(folder: string, sound: Inspection): Promise<string> {
  try {
    const { tip, coinHash, said } = await inspect(folder, { peers: sound.blocks });
    assert.equal(tip, sound.tip);
    assert.equal(coinHash, sound.coinHash);
    return said.some((line) => line.includes("damaged")) ? "built anew" : "no harm";
  } catch (error) {
    if (error instanceof StoreDamagedError) {
      assert.match(error.message, /(damaged|missing): start the node with --reindex/);
      const { coinHash } = await inspect(folder, { peers: sound.blocks, reindex: true });
      assert.equal(coinHash, sound.coinHash);
      return "found at use, then reindexed";
    }
    if (!(error instanceof InputError)) throw error;
    assert.match(error.message, /remove that folder|choose another/);
    rmSync(folder, { recursive: true });
    assert.equal((await inspect(folder, { peers: sound.blocks })).coinHash, sound.coinHash);
    return "refused, then synced again";
  }
}
