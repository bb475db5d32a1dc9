import { violation } from "../checkers/violation.ts";
import { drawWorld } from "./draw/draw-world.ts";
import { REORDERS, WORLDS_PER_REORDER, WORLDS_PER_REPEAT } from "./limits.ts";
import { type FuzzOutcome, runFuzzWorld } from "./run-fuzz-world.ts";

/** Draws the world of a seed and lets it happen; some worlds twice, which must not differ in a single event. */
export async function runSeed(seed: number, maxNodes: number | undefined): Promise<FuzzOutcome> {
  const world = drawWorld(seed, maxNodes);
  const repeated = seed % WORLDS_PER_REPEAT === 0;
  const arrivalOrders = seed % WORLDS_PER_REORDER === 0 ? REORDERS : 0;
  const outcome = await runFuzzWorld(world, { traced: repeated, arrivalOrders });
  if (!repeated || outcome.violation !== undefined) return outcome;
  const again = await runFuzzWorld(world, { traced: true });
  if (again.traceHash === outcome.traceHash) return outcome;
  const text = `two runs of seed ${seed} have the traces ${outcome.traceHash} and ${again.traceHash}`;
  return { ...outcome, violation: violation("trace", undefined, text) };
}
