import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { printable, quoted } from "@forkyard/core/printable";
import type { Violation } from "@forkyard/lab/checkers/violation";
import { drawWorld } from "@forkyard/lab/fuzz/draw/draw-world";
import { MAX_FUZZ_NODES, MAX_FUZZ_THREADS, MAX_FUZZ_WORLDS, REORDERS } from "@forkyard/lab/fuzz/limits";
import { type FuzzFailure, type FuzzReport, runFuzz } from "@forkyard/lab/fuzz/run-fuzz";
import { runFuzzWorld } from "@forkyard/lab/fuzz/run-fuzz-world";
import { runSeed } from "@forkyard/lab/fuzz/run-seed";
import { scenarioText, worldFromText } from "@forkyard/lab/fuzz/scenario-file";
import { type ShrunkWorld, shrinkWorld } from "@forkyard/lab/fuzz/shrink/shrink-world";
import { systemTimers } from "@forkyard/node/adapters/system-clock";
import { outputOf } from "../context.ts";
import { CommandFailed } from "../exit-code.ts";
import type { Output } from "../output/output.ts";
import { orShowMistakes } from "../scenario/file-mistakes.ts";
import { readScenarioText } from "../scenario/library.ts";
import { version } from "../version.ts";
import { grouped, parseWhole } from "./odds-options.ts";

export interface FuzzOptions {
  readonly json?: boolean;
  readonly seeds: string;
  readonly seed: string;
  readonly nodes?: string;
  readonly threads?: string;
  readonly out?: string;
  readonly replay?: string;
}

interface Saved {
  readonly file: string;
  readonly command: string;
  readonly shrunk: ShrunkWorld;
}

const MS_PER_SECOND = 1_000;
/** What is wrong names blocks and coins: two hashes and what is to be said of them. */
const MAX_SHOWN_CHARACTERS = 400;

/** Answers `forkyard scenario fuzz`. @throws CommandFailed when an invariant was broken */
export async function answerFuzz(options: FuzzOptions): Promise<void> {
  const output = outputOf(options);
  if (options.replay !== undefined) return answerReplay(options.replay, output);
  const { seeds, seed, nodes, threads, out } = options;
  const plan = {
    firstSeed: parseWhole("--seed", seed, 0, Number.MAX_SAFE_INTEGER - MAX_FUZZ_WORLDS),
    worlds: parseWhole("--seeds", seeds, 1, MAX_FUZZ_WORLDS),
    maxNodes: nodes === undefined ? undefined : parseWhole("--nodes", nodes, 2, MAX_FUZZ_NODES),
    threads: threads === undefined ? availableParallelism() : parseWhole("--threads", threads, 1, MAX_FUZZ_THREADS),
    timers: systemTimers,
  };
  const begunMs = performance.now();
  const report = await runFuzz(plan, (done) => {
    const failed = done.failures.length === 0 ? "" : `, ${done.failures.length} failed`;
    output.progress(`${grouped(done.worlds)} of ${grouped(plan.worlds)} worlds${failed}`);
  });
  const seconds = (performance.now() - begunMs) / MS_PER_SECOND;
  const [first] = report.failures;
  const saved = first && (await shrinkAndSave(first, plan.maxNodes, out, output));
  output.progress("");
  output.result(documentOf(report, seconds, saved), () => linesOf(report, seconds, saved));
  if (report.failures.length > 0) throw new CommandFailed("an invariant does not hold");
}

async function answerReplay(file: string, output: Output): Promise<void> {
  const world = orShowMistakes(output, () => worldFromText(readScenarioText(file), file));
  const { violation, atMs, blocks } = await runFuzzWorld(world, { arrivalOrders: REORDERS });
  output.result({ file, broken: violation ?? null, atMs, blocks }, () => [
    violation === undefined ? `every invariant holds; ${blocks} blocks` : brokenText(violation, atMs),
  ]);
  if (violation !== undefined) throw new CommandFailed("an invariant does not hold");
}

async function shrinkAndSave(
  { seed, violation: broken }: FuzzFailure,
  maxNodes: number | undefined,
  out: string | undefined,
  output: Output,
): Promise<Saved | undefined> {
  // Neither can be made smaller by trying: one does not repeat, the other does not end.
  if (broken.invariant === "trace" || broken.invariant === "hang") return undefined;
  const outcome = await runSeed(seed, maxNodes);
  if (outcome.violation === undefined) return undefined;
  const shrunk = await shrinkWorld(drawWorld(seed, maxNodes), outcome, {
    onTry: (runs, events) => output.progress(`seed ${seed}: making it small, ${runs} tries, ${events} events`),
  });
  const file = out ?? `fuzz-${seed}.yaml`;
  const command = `npx forkyard scenario fuzz --replay ${file}`;
  const { violation = outcome.violation, atMs } = shrunk.outcome;
  const comment = [
    `Cut down from the random world of seed ${seed} (Forkyard ${version()}).`,
    brokenText(violation, atMs),
    "",
    command,
  ];
  writeFileSync(file, scenarioText(shrunk.world, comment));
  return { file, command, shrunk };
}

function documentOf(report: FuzzReport, seconds: number, saved: Saved | undefined): unknown {
  const small = saved && { file: saved.file, command: saved.command, events: saved.shrunk.world.events.length };
  return { ...report, seconds: Number(seconds.toFixed(1)), ...(small && { smallest: small }) };
}

function linesOf(
  { worlds, blocks, reorgs, failures }: FuzzReport,
  seconds: number,
  saved: Saved | undefined,
): string[] {
  const pace = (worlds / seconds).toFixed(1);
  return [
    `${grouped(worlds)} worlds, ${grouped(blocks)} blocks, ${grouped(reorgs)} reorganisations; ${pace} worlds a second`,
    ...(failures.length === 0 ? ["every invariant held"] : failures.map(failureText)),
    ...(saved === undefined
      ? []
      : [
          `cut down to ${saved.shrunk.world.events.length} events in ${saved.shrunk.runs} tries: ${quoted(saved.file)}`,
          `to repeat it: ${saved.command}`,
        ]),
  ];
}

function failureText({ seed, violation }: FuzzFailure): string {
  return `seed ${seed}: ${violationText(violation)}`;
}

function brokenText(violation: Violation, atMs: number): string {
  return `Broken at ${Math.round(atMs)} ms: ${violationText(violation)}`;
}

function violationText({ invariant, node, text }: Violation): string {
  return `${invariant}${node === undefined ? "" : ` on ${node}`}: ${printable(text, MAX_SHOWN_CHARACTERS)}`;
}
