import { InputError } from "@forkyard/core/errors";
import type { ExecPort } from "../run/exec-port.ts";
import { runOne } from "../run/run-scenario.ts";
import { simulatedWorlds } from "../run/simulated-worlds.ts";
import { parseScenario } from "../scenario/parse-scenario.ts";
import { type LineSource, parseTraceLine, readOrigin, readRun, scenarioOfRun, timeOf } from "./read-trace.ts";
import type { TraceOrigin, TraceRun } from "./trace-entry.ts";

export interface ReplayOptions {
  /** Stops before the first thing that happened later than this. */
  readonly untilMs?: number | undefined;
  /** Called for each line that was found to be the same; may wait. */
  readonly onLine?: ((line: string) => void) | undefined;
  readonly exec?: ExecPort | undefined;
}

/** The first line that is not the same. Line numbers count from 1. */
export interface TraceDifference {
  readonly line: number;
  readonly trace: string;
  readonly replay: string;
}

export interface Replay {
  readonly origin: TraceOrigin;
  readonly runs: readonly {
    readonly name: string;
    readonly variant?: string;
    readonly seed: number;
    readonly traceHash: string | undefined;
  }[];
  /** Lines that were the same. */
  readonly lines: number;
  readonly difference: TraceDifference | undefined;
}

/** Ends a run from within: the world has nothing more to show. */
class ReplayOver extends Error {
  override readonly name = "ReplayOver";
}

/**
 * Runs again in the simulator what a trace of the simulator tells, and holds it against the trace line by line.
 * @throws InputError when the file is no trace, or was cut off
 */
export async function replayTrace(next: LineSource, options: ReplayOptions = {}): Promise<Replay> {
  const replay = new TraceReplay(next, options);
  return replay.run();
}

class TraceReplay {
  readonly #next: LineSource;
  readonly #options: ReplayOptions;
  #line = 1;
  #same = 0;
  #difference: TraceDifference | undefined;
  /** Why this is no whole trace; told when the run has ended, for a world takes some errors for its own. */
  #damage: string | undefined;

  constructor(next: LineSource, options: ReplayOptions) {
    this.#next = next;
    this.#options = options;
  }

  async run(): Promise<Replay> {
    const origin = readOrigin(this.#next());
    const runs: Replay["runs"][number][] = [];
    for (;;) {
      const line = this.#next();
      if (line === undefined) break;
      const run = readRun(line, this.#line + 1);
      const traceHash = await this.#runAgain(run, line);
      const variant = run.variant === undefined ? {} : { variant: run.variant };
      runs.push({ name: run.name, ...variant, seed: run.seed, traceHash });
      if (traceHash === undefined) break;
    }
    if (this.#damage !== undefined) throw new InputError(this.#damage);
    return { origin, runs, lines: this.#same, difference: this.#difference };
  }

  /** @returns the trace hash; undefined when it went another way or was stopped */
  async #runAgain(run: TraceRun, runLine: string): Promise<string | undefined> {
    const { exec } = this.#options;
    const { branch } = run;
    let first: string | undefined = runLine;
    try {
      const result = await runOne(scenarioOfRun(run), run.variant, simulatedWorlds, {
        seed: run.seed,
        source: run.scenario,
        exec,
        traceLine: (line) => {
          const expected = first ?? this.#next();
          first = undefined;
          this.#compare(expected, line);
        },
        branch:
          branch === undefined
            ? undefined
            : { atMs: branch.atMs, scenario: parseScenario(branch.scenario, "branch.yaml"), source: branch.scenario },
      });
      return result.traceHash;
    } catch (error) {
      if (error instanceof ReplayOver) return undefined;
      throw error;
    }
  }

  #compare(expected: string | undefined, line: string): void {
    this.#line += 1;
    if (expected === undefined) {
      this.#damage = `the trace was cut off after line ${this.#line - 1}; up to there the replay is the same`;
      throw new ReplayOver();
    }
    if (expected !== line) {
      this.#damage = damageOf(expected, this.#line);
      this.#difference = { line: this.#line, trace: expected, replay: line };
      throw new ReplayOver();
    }
    const { untilMs, onLine } = this.#options;
    if (untilMs !== undefined && (timeOf(parseTraceLine(line, this.#line)) ?? 0) > untilMs) throw new ReplayOver();
    this.#same += 1;
    onLine?.(line);
  }
}

/** What no run wrote: text that is no JSON. */
function damageOf(line: string, number: number): string | undefined {
  try {
    parseTraceLine(line, number);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}
