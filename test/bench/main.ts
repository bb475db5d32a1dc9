/**
 * `pnpm bench [--only NAME]`: measures and prints one JSON document, { machine, results }, on stdout; progress goes to
 * stderr. NAME is a suite or part of its name. `--json` is accepted and changes nothing.
 */
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { blockConnectionSuite } from "./block-connection.ts";
import { gossipLatencySuite } from "./gossip-latency.ts";
import { hashRateSuite } from "./hash-rate.ts";
import type { BenchResult, Suite } from "./measure.ts";
import { signaturesSuite } from "./signatures.ts";

const SUITES: readonly Suite[] = [hashRateSuite, signaturesSuite, blockConnectionSuite, gossipLatencySuite];
const EXIT_BAD_USAGE = 2;

const suites = chosenSuites();
if (suites === undefined) process.exitCode = EXIT_BAD_USAGE;
else {
  const machine = describeMachine();
  const results: BenchResult[] = [];
  for (const suite of suites) {
    const progress = (line: string): void => void process.stderr.write(`${suite.name}: ${line}\n`);
    results.push(...(await suite.run(progress)));
  }
  process.stdout.write(`${JSON.stringify({ machine, results }, undefined, 2)}\n`);
}

/** The suites that were asked for; undefined, and a line that says why, when the question makes no sense. */
function chosenSuites(): readonly Suite[] | undefined {
  const names = SUITES.map(({ name }) => name).join(", ");
  try {
    const { values } = parseArgs({ options: { only: { type: "string" }, json: { type: "boolean" } } });
    const chosen = SUITES.filter(({ name }) => name.includes(values.only ?? ""));
    if (chosen.length > 0) return chosen;
    process.stderr.write(`there is no benchmark ${JSON.stringify(values.only)}: it is one of ${names}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.stderr.write(`usage: pnpm bench [--only NAME], where NAME is one of ${names}\n`);
  }
  return undefined;
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
