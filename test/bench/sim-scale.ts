import type { Scenario } from "@forkyard/lab/scenario/model";
import { runHeaderLevel } from "@forkyard/lab/world/header-level/run-header-level";
import { createSimWorld } from "@forkyard/lab/world/sim/create-sim-world";
import { type BenchResult, type Suite, summary } from "./measure.ts";

const SEED = 1;
const INTERVAL_MS = 10_000;
const LINK = { latencyMs: 100, jitterMs: 50, bytesPerSecond: undefined, loss: 0 };
/** With one to the next in the ring: eight peers on the average. */
const LINKS_PER_NODE = 3;
const BYTES_PER_MB = 2 ** 20;

/** Simulated nets: how many events a second, of whole nodes and of headers alone. */
export const simScaleSuite: Suite = {
  name: "sim-scale",
  about: "events a second of the simulator: 100 whole nodes for 100 blocks, 2,000 nodes of headers for 100",
  run: async (progress) => [...(await wholeNodes(100, 100, progress)), ...headerNodes(2_000, 100)],
};

/** The sizes that the simulator is made for: minutes, so only by name. */
export const simThousandSuite: Suite = {
  name: "sim-thousand",
  about: "the same for 1,000 whole nodes and 1,000 blocks, and for 10,000 nodes of headers and 200 blocks",
  onlyByName: true,
  run: async (progress) => [...(await wholeNodes(1_000, 1_000, progress)), ...headerNodes(10_000, 200)],
};

async function wholeNodes(nodes: number, blocks: number, progress: (line: string) => void): Promise<BenchResult[]> {
  const world = await createSimWorld(netOf(nodes), { seed: SEED });
  let mined = 0;
  world.onEvent(({ type }) => {
    if (type === "mined") mined += 1;
    if (type === "mined" && mined % 100 === 0) progress(`${mined} of ${blocks} blocks`);
  });
  const { cpuS, wallS } = await timed(() => world.runUntil(() => mined >= blocks, Number.MAX_SAFE_INTEGER));
  const name = `${nodes} nodes, ${blocks} blocks`;
  return [
    summary(name, "events/s", "process-cpu", [world.eventsDone / cpuS]),
    summary(name, "s", "process-cpu", [cpuS]),
    summary(name, "s", "wall", [wallS]),
    summary(`${name}, memory at the end`, "MB", "none", [process.memoryUsage.rss() / BYTES_PER_MB]),
  ];
}

function headerNodes(nodes: number, blocks: number): BenchResult[] {
  const before = process.cpuUsage();
  const { latencyMs, jitterMs } = LINK;
  const net = { seed: SEED, nodes, linksPerNode: LINKS_PER_NODE, blocks, blockIntervalMs: INTERVAL_MS };
  const { events } = runHeaderLevel({ ...net, latencyMs, jitterMs });
  const cpuS = cpuSeconds(before);
  const name = `${nodes} nodes of headers, ${blocks} blocks`;
  return [
    summary(name, "events/s", "process-cpu", [events / cpuS]),
    summary(name, "s", "process-cpu", [cpuS]),
    summary(`${name}, memory at the end`, "MB", "none", [process.memoryUsage.rss() / BYTES_PER_MB]),
  ];
}

async function timed(work: () => Promise<unknown>): Promise<{ readonly cpuS: number; readonly wallS: number }> {
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  await work();
  return { cpuS: cpuSeconds(cpuBefore), wallS: (performance.now() - wallBefore) / 1_000 };
}

function cpuSeconds(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}

/** Equal miners in a ring with chords. */
function netOf(count: number): Scenario {
  const names = Array.from({ length: count }, (_, index) => `n${index}`);
  const links = names.flatMap((from, index) =>
    Array.from({ length: LINKS_PER_NODE + 1 }, (_, chord) => {
      const to = names[(index + 1 + chord * Math.floor(count / 5) + chord) % count] as string;
      return { ...LINK, between: [from, to] as const };
    }),
  );
  const pairs = new Map(links.map((link) => [link.between.toSorted().join(" "), link]));
  const node = { rules: undefined, defences: [], clockOffsetSeconds: 0, running: true };
  return {
    name: "scale",
    title: "Equal miners",
    explanation: "",
    worlds: ["sim"],
    network: {
      rules: "regtest",
      blockIntervalMs: INTERVAL_MS,
      retarget: "none",
      coinbaseMaturity: 100,
      bootstrapBlocks: 10,
    },
    seed: SEED,
    nodes: names.map((name) => ({ ...node, name, hashShare: 1 / count })),
    links: [...pairs.values()],
    wallets: [],
    actors: [],
    timeline: [],
    end: undefined,
    timeLimitMs: Number.MAX_SAFE_INTEGER,
    settleMs: 0,
    expectations: [],
    variants: [],
    sweep: undefined,
  };
}
