import type { Scenario } from "../../scenario/model.ts";
import {
  HURRIED_INTERVAL_MS,
  LONGEST_TIMER_MS,
  PACE_OF_STEPS,
  PATIENT_INTERVAL_MS,
  STEP_GAP_MS,
  STORY_MS,
} from "./limits.ts";

const MS_PER_MINUTE = 60_000;

type Story = Pick<Scenario, "network" | "nodes" | "actors" | "timeline" | "end">;

/**
 * How many milliseconds of a scenario pass in one of the machine's. Blocks ten minutes apart would make a live run take
 * days: there the whole world goes faster, the clocks of its nodes with it, but not so fast that steps a second apart
 * come all at once.
 */
export function paceFor(story: Story): number {
  const { blockIntervalMs } = story.network;
  if (blockIntervalMs <= PATIENT_INTERVAL_MS) return 1;
  const pace = isMined(story) ? blockIntervalMs / HURRIED_INTERVAL_MS : PACE_OF_STEPS;
  return Math.max(1, Math.min(pace, paceOfSteps(story)));
}

/** Minutes of the machine's clock until the last moment that a story names: it takes them at least. */
export function leastMinutes({ timeline, end }: Pick<Story, "timeline" | "end">, pace: number): number {
  let nowMs = 0;
  for (const when of [...timeline.map((step) => step.when), ...(end === undefined ? [] : [end])]) {
    if (when.kind === "at") nowMs = Math.max(nowMs, when.atMs);
    if (when.kind === "after-step") nowMs += when.delayMs;
  }
  return Math.floor(nowMs / pace / MS_PER_MINUTE);
}

function isMined({ nodes, timeline }: Story): boolean {
  const actions = timeline.flatMap((step) => [...step.actions, ...step.repeats.flatMap((repeat) => repeat.actions)]);
  const hired = actions.some((action) => action.kind === "command" && action.command.kind === "hash-power");
  return hired || nodes.some(({ hashShare }) => hashShare > 0);
}

/** At most so fast that steps come one after the other; only a story all of whose times are set can wait for them. */
function paceOfSteps({ actors, timeline, end }: Story): number {
  if (end === undefined && actors.length > 0) return Number.POSITIVE_INFINITY;
  let nowMs = 0;
  let shortestMs = Number.POSITIVE_INFINITY;
  for (const when of [...timeline.map((step) => step.when), ...(end === undefined ? [] : [end])]) {
    if (when.kind !== "at" && when.kind !== "after-step") return Number.POSITIVE_INFINITY;
    const waitMs = when.kind === "at" ? when.atMs - nowMs : when.delayMs;
    if (waitMs <= 0) continue;
    shortestMs = Math.min(shortestMs, waitMs);
    nowMs += waitMs;
  }
  return Math.max(shortestMs / STEP_GAP_MS, nowMs / STORY_MS);
}

/** Time of a scenario since it began, on the machine's clock. */
export class LiveTime {
  readonly pace: number;
  #startedMs = performance.now();

  constructor(pace: number) {
    this.pace = pace;
  }

  /** The scenario begins now. */
  restart(): void {
    this.#startedMs = performance.now();
  }

  nowMs(): number {
    return Math.round((performance.now() - this.#startedMs) * this.pace);
  }

  /** Calls back once so much time of the scenario has passed, and not before; returns what calls it off. */
  after(delayMs: number, run: () => void): () => void {
    const dueMs = this.nowMs() + delayMs;
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const machineMs = Math.ceil((dueMs - this.nowMs()) / this.pace);
      timer = setTimeout(look, Math.max(0, Math.min(machineMs, LONGEST_TIMER_MS)));
    };
    // A timer may be a little early, which a fast world sees.
    const look = (): void => (this.nowMs() < dueMs ? wait() : run());
    wait();
    return () => clearTimeout(timer);
  }
}
