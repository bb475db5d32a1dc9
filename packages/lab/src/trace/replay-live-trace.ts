import { InputError } from "@forkyard/core/errors";
import type { Scenario } from "../scenario/model.ts";
import { createSimWorld } from "../world/sim/create-sim-world.ts";
import { ForcedSchedule } from "./forced-schedule.ts";
import { type LineSource, parseTraceLine, readOrigin, readRun, scenarioOfRun } from "./read-trace.ts";
import type { TraceEntry } from "./trace-entry.ts";

export interface LiveReplay {
  /** Every block on the same parent, every node with the same tip and the same reorganisations in the same order. */
  readonly same: boolean;
  readonly blocks: number;
  readonly reorgs: number;
  /** Different tips at the end. */
  readonly tips: number;
  readonly differences: readonly string[];
}

/**
 * Feeds what a trace of a live devnet tells into simulated nodes that have no links: each block is mined by the same node on the same
 * parent, branches are opened and published at the same moments, and each node is handed each block when the trace says that it
 * got it. Real fork choice does the rest. Payments are left out: the tree of blocks is what is compared. With a retarget the
 * work of blocks depends on their times, which are near to the live ones, not equal.
 * @throws InputError when this is no trace
 */
export async function replayLiveTrace(next: LineSource): Promise<LiveReplay> {
  readOrigin(next());
  const total = { blocks: 0, reorgs: 0, tips: 0 };
  const differences: string[] = [];
  let line = next();
  for (let number = 2; line !== undefined; line = next(), number += 1) {
    const scenario = scenarioOfRun(readRun(line, number));
    const entries: TraceEntry[] = [];
    for (let inner = next(); inner !== undefined; inner = next()) {
      number += 1;
      const entry = parseTraceLine(inner, number);
      if ("end" in entry) break;
      entries.push(entry);
    }
    const replayed = await replayRun(scenario, entries);
    total.blocks += replayed.blocks;
    total.reorgs += replayed.reorgs;
    total.tips += replayed.tips;
    differences.push(...replayed.differences);
  }
  return { same: differences.length === 0, ...total, differences };
}

async function replayRun(scenario: Scenario, entries: readonly TraceEntry[]): Promise<Omit<LiveReplay, "same">> {
  const first = entries[0];
  if (first === undefined || !("start" in first)) throw new InputError("the trace does not say where its run began");
  const world = await createSimWorld(withoutChance(scenario), { seed: 0 });
  try {
    const schedule = new ForcedSchedule(world, scenario, first.start);
    for (const entry of entries.slice(1)) await schedule.follow(entry);
    return await schedule.compare();
  } finally {
    await world.close();
  }
}

/** The same nodes with nothing that happens by itself: nobody mines unasked, no block travels. */
function withoutChance(scenario: Scenario): Scenario {
  const nodes = scenario.nodes.map((node) => ({ ...node, hashShare: 0 }));
  return { ...scenario, nodes, links: [], wallets: [], actors: [], timeline: [], variants: [] };
}
