/** The process dies at named points of writing a key file: the wallet opens again, and no key is given out twice. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { SeededRandom } from "../fuzz/support/seeded-random.ts";
import { COUNTS, SEED } from "./support/counts.ts";
import { drawn } from "./support/drawn.ts";
import { runProgram } from "./support/victim.ts";

const STEPS = ["key-write", "key-sync", "key-rename", "key-folder-sync"];
const POINTS = STEPS.flatMap((step) => [`before-${step}`, `after-${step}`]);
const MAX_PASSAGES = 6;
const LIMIT_MS = 60 * 60 * 1000;
const PROGRAM = new URL("support/wallet-program.ts", import.meta.url);
const SECRET = "5a".repeat(32);

const random = new SeededRandom(`${SEED}/wallet`);

describe("a wallet that dies while it writes its key file", { timeout: LIMIT_MS }, () => {
  for (const point of drawn(random, POINTS, COUNTS.walletPointsTried)) {
    test(`${COUNTS.points} times ${point}`, async (context) => {
      context.diagnostic(`FORKYARD_SEED=${SEED}`);
      for (let run = 0; run < COUNTS.points; run++) await dieAt(point, 1 + random.below(MAX_PASSAGES));
    });
  }
});

/** Twice in a row, then a whole run. */
async function dieAt(point: string, passage: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "forkyard-key-file-"));
  try {
    const given: string[] = [];
    for (const crashPoint of [`${point}:${passage}`, `${point}:1`, ""]) {
      const args = [join(folder, "alice.key"), SECRET];
      const { lines, signal, code } = await runProgram(PROGRAM, args, { FORKYARD_CRASH_POINT: crashPoint });
      if (crashPoint === "") assert.equal(code, 0);
      else assert.equal(signal, "SIGKILL", `${crashPoint} was not passed`);
      given.push(...lines);
    }
    assert.ok(given.length > 0);
    assert.equal(new Set(given).size, given.length, "an address was given out twice");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
