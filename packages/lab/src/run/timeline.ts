import type { Action, Adjustment, Condition, Scenario, Step } from "../scenario/model.ts";
import { ActionPlanner } from "./carry-out.ts";
import { holds, type Moment, wakeTimes } from "./holds.ts";
import type { WatchedWorld } from "./watched-world.ts";

export type ExecAction = Extract<Action, { kind: "exec" }>;
type AdjustAction = Extract<Action, { kind: "adjust" }>;

/** A step that could not be carried out, or whose command ended otherwise than expected. */
export interface StepFailure {
  readonly line: number;
  readonly reason: string;
}

export interface TimelinePorts {
  readonly actorDone: (actor: string) => boolean;
  readonly adjust: (actor: string, change: Adjustment) => void;
  /** Runs a command of the user's while the world stands still; `done` is told why it failed, or nothing. */
  readonly exec: (action: ExecAction, done: (failure: string | undefined) => void) => void;
}

/** Carries the steps out in order, each at its moment; repetitions go on beside it. */
export class Timeline {
  readonly failures: StepFailure[] = [];
  readonly #steps: readonly Step[];
  readonly #end: Condition | undefined;
  readonly #watched: WatchedWorld;
  readonly #ports: TimelinePorts;
  readonly #planner: ActionPlanner;
  #next = 0;
  #busy = false;
  #background = 0;
  #stepDoneMs = 0;
  #reorgsBefore = 0;
  #wakes: (() => void)[] = [];

  constructor(scenario: Scenario, watched: WatchedWorld, ports: TimelinePorts) {
    this.#steps = scenario.timeline;
    this.#end = scenario.end;
    this.#watched = watched;
    this.#ports = ports;
    this.#planner = new ActionPlanner(watched.observation.views);
  }

  /** True when every step and repetition was carried out. */
  get finished(): boolean {
    return this.#next === this.#steps.length && !this.#busy && this.#background === 0;
  }

  /** Steps that were not reached. */
  get unreached(): readonly Step[] {
    return this.#steps.slice(this.#next);
  }

  start(): void {
    this.#watch();
    this.check();
  }

  /** Looks whether the next step's moment has come; to be called after anything happened. */
  check(): void {
    const step = this.#steps[this.#next];
    if (step === undefined || this.#busy || !holds(step.when, this.#moment())) return;
    this.#busy = true;
    const reorgsBefore = this.#watched.observation.reorgs.length;
    this.#repeat(step);
    this.#act(step, step.actions, 0, () => {
      this.#busy = false;
      this.#next += 1;
      this.#stepDoneMs = this.#watched.world.nowMs();
      this.#reorgsBefore = reorgsBefore;
      this.#watch();
      this.check();
    });
  }

  /** Whether the condition on the end of the run holds; undefined when there is none. */
  endHolds(): boolean | undefined {
    return this.#end === undefined ? undefined : holds(this.#end, { ...this.#moment(), reorgsBefore: 0 });
  }

  #moment(): Moment {
    return {
      nowMs: this.#watched.world.nowMs(),
      stepDoneMs: this.#stepDoneMs,
      reorgsBefore: this.#reorgsBefore,
      observation: this.#watched.observation,
      actorDone: this.#ports.actorDone,
    };
  }

  /** Asks to be woken when the next step's time comes, or the end's. */
  #watch(): void {
    for (const cancel of this.#wakes) cancel();
    const condition = this.#steps[this.#next]?.when ?? this.#end;
    const { world } = this.#watched;
    const times = condition === undefined ? [] : wakeTimes(condition, this.#stepDoneMs);
    this.#wakes = times
      .filter((atMs) => atMs > world.nowMs())
      .map((atMs) => this.#watched.after(atMs - world.nowMs(), () => this.check()));
  }

  #repeat(step: Step): void {
    for (const { afterMs, actions } of step.repeats) {
      this.#background += 1;
      this.#watched.after(afterMs, () => {
        this.#act(step, actions, 0, () => {
          this.#background -= 1;
        });
      });
    }
  }

  /** One action after the other, each once all that the one before led to was told. */
  #act(step: Step, actions: readonly Action[], index: number, done: () => void): void {
    const action = actions[index];
    if (action === undefined) return done();
    const next = (failure: string | undefined): void => {
      if (failure !== undefined && !step.mayFail) this.failures.push({ line: step.line, reason: failure });
      this.#watched.after(0, () => this.#act(step, actions, index + 1, done));
    };
    if (action.kind === "exec") this.#ports.exec(action, next);
    else if (action.kind === "adjust") {
      this.#ports.adjust(action.actor, action.change);
      next(undefined);
    } else this.#perform(action, next);
  }

  #perform(action: Exclude<Action, ExecAction | AdjustAction>, done: (failure: string | undefined) => void): void {
    const plan = this.#planner.plan(action);
    if ("refused" in plan) return done(plan.refused);
    let waiting = plan.commands.length;
    let failure: string | undefined;
    if (waiting === 0) return done(undefined);
    for (const command of plan.commands) {
      this.#watched.perform(command, "timeline", (result) => {
        if (!result.ok) failure ??= `${command.kind}: ${result.reason}`;
        waiting -= 1;
        if (waiting === 0) done(failure);
      });
    }
  }
}
