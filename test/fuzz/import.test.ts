/** One random bit of a real block file flipped at a time: every import must be refused with a code. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { networkByName } from "@forkyard/core/params/networks";
import { describeVectors } from "@forkyard/core/testing/vectors";
import { ImportRefusal, importBlocks } from "@forkyard/node/import/import-blocks";
import { plan, repeatCommand } from "./support/plan.ts";
import { SeededRandom } from "./support/seeded-random.ts";

const DEFAULT_RUNS = 60;
const clock = { nowMs: () => 2e12, monotonicMs: () => 0 };
const folder = mkdtempSync(join(tmpdir(), "forkyard-import-fuzz-"));
after(() => rmSync(folder, { recursive: true }));

describeVectors("fuzz: import", (vectors) => {
  test("any one flipped bit of the first 256 blocks is refused", async (context) => {
    const bytes = vectors.bytes("blocks/mainnet-000000-000255.blk.gz");
    const runs = plan.runs ?? DEFAULT_RUNS;
    const codes = new Map<string, number>();
    const file = join(folder, "flipped.blk");
    for (let run = plan.firstRun; run < plan.firstRun + runs; run++) {
      const bit = new SeededRandom(`${plan.seed}/import/${run}`).below(bytes.length * 8);
      const at = bit >> 3;
      writeFileSync(file, bytes.with(at, (bytes[at] as number) ^ (1 << (bit & 7))));
      const code = await refusalCode(file);
      assert.ok(code !== undefined, `bit ${bit} is not missed; ${repeatCommand(import.meta.filename, run)}`);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    context.diagnostic(`seed ${plan.seed}: ${[...codes].map(([code, count]) => `${code} ${count}`).join(", ")}`);
  });
});

async function refusalCode(file: string): Promise<string | undefined> {
  try {
    await importBlocks({ params: networkByName("mainnet"), file, clock });
    return undefined;
  } catch (error) {
    if (error instanceof ImportRefusal) return error.code;
    throw error;
  }
}
