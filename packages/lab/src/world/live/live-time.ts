import type { Scenario } from "../../scenario/model.ts";
import { HURRIED_INTERVAL_MS, LONGEST_TIMER_MS, PACE_OF_STEPS, PATIENT_INTERVAL_MS } from "./limits.ts";

/**
 * How many milliseconds of a scenario pass in one of the machine's. Blocks ten minutes apart would make a live run take
 * days: there the whole world goes faster, the clocks of its nodes with it.
 */
export function paceFor({ network, nodes, timeline }: Pick<Scenario, "network" | "nodes" | "timeline">): number {
  const { blockIntervalMs } = network;
  if (blockIntervalMs <= PATIENT_INTERVAL_MS) return 1;
  const actions = timeline.flatMap((step) => [...step.actions, ...step.repeats.flatMap((repeat) => repeat.actions)]);
  const hired = actions.some((action) => action.kind === "command" && action.command.kind === "hash-power");
  const mined = hired || nodes.some(({ hashShare }) => hashShare > 0);
  return mined ? blockIntervalMs / HURRIED_INTERVAL_MS : PACE_OF_STEPS;
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
