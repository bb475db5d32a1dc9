/** A short share of `forkyard scenario fuzz`: other random worlds in each run of the tests. */
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { drawWorld } from "@forkyard/lab/fuzz/draw/draw-world";
import { runFuzzWorld } from "@forkyard/lab/fuzz/run-fuzz-world";
import { runSeed } from "@forkyard/lab/fuzz/run-seed";

const WORLDS = 60;
const REPEATED = 3;
const MAX_SEED = 2 ** 40;
const firstSeed = Number(process.env["FORKYARD_SEED"] ?? randomInt(MAX_SEED));

function howTo(seed: number): string {
  return `to repeat it: npx forkyard scenario fuzz --seed ${seed} --seeds 1`;
}

test("random worlds break no invariant", async () => {
  console.info(`FORKYARD_SEED=${firstSeed} (npx forkyard scenario fuzz --seed ${firstSeed} --seeds ${WORLDS})`);
  let reorgs = 0;
  for (let seed = firstSeed; seed < firstSeed + WORLDS; seed++) {
    const { violation, reorgs: more } = await runSeed(seed, undefined);
    assert.ok(violation === undefined, `seed ${seed}: ${JSON.stringify(violation)}; ${howTo(seed)}`);
    reorgs += more;
  }
  assert.ok(reorgs > 0, "nothing was reorganised in any of them");
});

test("a world that is run twice is the same twice, to the last event", async () => {
  for (let seed = firstSeed; seed < firstSeed + REPEATED; seed++) {
    const world = drawWorld(seed);
    const first = await runFuzzWorld(world, { traced: true });
    const second = await runFuzzWorld(world, { traced: true });
    assert.ok(first.traceHash !== undefined);
    assert.equal(first.traceHash, second.traceHash, howTo(seed));
  }
});
