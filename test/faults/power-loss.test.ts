/** The power goes: what was written and not synced is gone from every file. Nothing that was acknowledged is lost. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { SeededRandom } from "../fuzz/support/seeded-random.ts";
import { anyCoinCache } from "./support/any-coin-cache.ts";
import { COUNTS, SEED } from "./support/counts.ts";
import { inspect } from "./support/inspect-chain.ts";
import { buildShim, cutUnsynced, noteSettled } from "./support/power-shim.ts";
import { runVictim } from "./support/victim.ts";

const LOSSES_A_FOLDER = 20;
const MAX_LINES = 40;
const LIMIT_MS = 6 * 60 * 60 * 1000;

const random = new SeededRandom(`${SEED}/power`);
const root = mkdtempSync(join(tmpdir(), "forkyard-power-"));
process.on("exit", () => rmSync(root, { recursive: true, force: true }));
const shim = buildShim(root);

test(`a chain that loses power ${COUNTS.powerLosses} times`, { timeout: LIMIT_MS }, async (context) => {
  if ("missing" in shim) return context.skip(`power loss is not emulated: ${shim.missing}`);
  context.diagnostic(`FORKYARD_SEED=${SEED}`);
  let lostBytes = 0;
  let rebuilt = 0;
  for (let loss = 0; loss < COUNTS.powerLosses; loss++) {
    const home = join(root, `home-${Math.floor(loss / LOSSES_A_FOLDER)}`);
    mkdirSync(home, { recursive: true });
    const folder = join(home, "chain");
    const syncLog = join(root, "sync.log");
    noteSettled(home, syncLog);
    const reindex = random.oneIn(4);
    const testimony = await runVictim({
      folder,
      seed: `${SEED}/power/${loss}`,
      env: {
        LD_PRELOAD: shim.path,
        FORKYARD_SYNC_LOG: syncLog,
        FORKYARD_REINDEX: reindex ? "1" : "0",
        FORKYARD_COIN_CACHE: JSON.stringify(anyCoinCache(random)),
      },
      killAfter: reindex ? { milliseconds: random.below(500) } : { lines: 2 + random.below(MAX_LINES) },
    });
    assert.equal(testimony.signal, "SIGKILL", testimony.lines.join("\n"));
    lostBytes += cutUnsynced(home, syncLog);
    const last = testimony.tips.at(-1);
    const { height, said } = await inspect(folder, { known: last === undefined ? [] : [last.hash] });
    assert.ok(height >= (last?.height ?? 0));
    if (said.some((line) => line.includes("damaged"))) rebuilt += 1;
  }
  context.diagnostic(`${COUNTS.powerLosses} power losses took ${lostBytes} bytes; ${rebuilt} chains built anew`);
});
