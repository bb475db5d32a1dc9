/**
 * `pnpm bench [--only NAME] [--list]`: measures and prints one JSON document, { machine, results }, on stdout; progress
 * goes to stderr. NAME is a suite or part of its name. `--list` and `--help` say what there is. `--json` is accepted and
 * changes nothing.
 */
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { quoted } from "@forkyard/core/printable";
import { blockConnectionSuite } from "./block-connection.ts";
import { coinStoreSuite } from "./coin-store.ts";
import { gossipLatencySuite } from "./gossip-latency.ts";
import { hashRateSuite } from "./hash-rate.ts";
import { initialSyncSuite } from "./initial-sync.ts";
import type { BenchResult, Suite } from "./measure.ts";
import { mempoolSuite } from "./mempool.ts";
import { nodeBlocksSuite } from "./node-blocks.ts";
import { oddsRacesSuite } from "./odds-races.ts";
import { scriptChecksSuite } from "./script-checks.ts";
import { signaturesSuite } from "./signatures.ts";
import { simScaleSuite, simThousandSuite } from "./sim-scale.ts";
import { startUpSuite } from "./start-up.ts";
import { worstCaseSuite } from "./worst-case.ts";

/** Those on quiet threads first, those with processes of their own last. */
const SUITES: readonly Suite[] = [
  hashRateSuite,
  signaturesSuite,
  scriptChecksSuite,
  blockConnectionSuite,
  coinStoreSuite,
  mempoolSuite,
  gossipLatencySuite,
  startUpSuite,
  nodeBlocksSuite,
  initialSyncSuite,
  worstCaseSuite,
  oddsRacesSuite,
  simScaleSuite,
  simThousandSuite,
];
const USAGE = "usage: pnpm bench [--only NAME] [--list]";
const EXIT_BAD_USAGE = 2;

await main();

async function main(): Promise<void> {
  const asked = askedFor();
  if (asked === undefined) process.exitCode = EXIT_BAD_USAGE;
  else if (asked === "list") process.stdout.write(listing());
  else await run(asked);
}

async function run(suites: readonly Suite[]): Promise<void> {
  const machine = describeMachine();
  const results: BenchResult[] = [];
  for (const suite of suites) {
    const progress = (line: string): void => void process.stderr.write(`${suite.name}: ${line}\n`);
    results.push(...(await suite.run(progress)));
  }
  process.stdout.write(`${JSON.stringify({ machine, results }, undefined, 2)}\n`);
}

/** The suites that were asked for; undefined, and a line that says why, when the question makes no sense. */
function askedFor(): readonly Suite[] | "list" | undefined {
  const flag = { type: "boolean" } as const;
  const options = { only: { type: "string" }, list: flag, help: flag, json: flag } as const;
  try {
    const { values } = parseArgs({ options });
    if (values.list === true || values.help === true) return "list";
    const { only } = values;
    const chosen = SUITES.filter(({ name, onlyByName }) =>
      only === undefined ? onlyByName !== true : name.includes(only),
    );
    if (chosen.length > 0) return chosen;
    process.stderr.write(`there is no benchmark ${quoted(values.only ?? "")}; pnpm bench --list says what there is\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  }
  return undefined;
}

function listing(): string {
  const width = Math.max(...SUITES.map(({ name }) => name.length));
  return `${USAGE}\n\n${SUITES.map(({ name, about }) => `${name.padEnd(width)}  ${about}\n`).join("")}`;
}

/** Figures mean nothing without the machine, and little on a busy one. */
function describeMachine(): Record<string, string | number> {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / 2 ** 20),
    platform: platform(),
    arch: arch(),
    node: process.version,
    v8: process.versions.v8,
    loadAverageAtStart: loadavg()[0] ?? 0,
  };
}
