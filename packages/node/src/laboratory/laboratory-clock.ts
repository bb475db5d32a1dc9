import type { Clock } from "@forkyard/core/ports/clock";
import type { ClockSetting } from "@forkyard/rpc/experiment-api";

/** The clock of a node in an experiment: the machine's until it is set. Durations are always true ones. */
export class LaboratoryClock implements Clock {
  readonly #machine: Clock;
  #setting: ClockSetting = { machineMs: 0, timeMs: 0, pace: 1, offsetMs: 0 };

  constructor(machine: Clock) {
    this.#machine = machine;
  }

  set(setting: ClockSetting): void {
    this.#setting = setting;
  }

  nowMs(): number {
    return this.trueMs() + this.#setting.offsetMs;
  }

  /** What the clock would show were it right: defences measure by it how late a block is. */
  trueMs(): number {
    const { machineMs, timeMs, pace } = this.#setting;
    return Math.round(timeMs + (this.#machine.nowMs() - machineMs) * pace);
  }

  monotonicMs(): number {
    return this.#machine.monotonicMs();
  }
}
