import { assert } from "@forkyard/core/errors";
import { MAX_COMMANDS_AT_ONCE } from "../limits.ts";
import type { TraceWriter } from "../trace/trace-writer.ts";
import type { Command, CommandResult } from "../world/command.ts";
import type { WorldEvent } from "../world/event.ts";
import type { World } from "../world/world.ts";
import type { Observation } from "./observation.ts";

/** A world with what is written down about it: every command goes through here and every event comes through here. */
export class WatchedWorld {
  readonly world: World;
  readonly observation: Observation;
  readonly trace: TraceWriter;
  #retired = false;
  #lastCommandMs = -1;
  #commandsAtOnce = 0;

  constructor(world: World, observation: Observation, trace: TraceWriter) {
    this.world = world;
    this.observation = observation;
    this.trace = trace;
  }

  /** Calls back for each event, after it was written down. */
  listen(heard: (event: WorldEvent) => void): void {
    this.world.onEvent((event) => {
      this.trace.write({ event });
      this.observation.apply(event);
      heard(event);
    });
  }

  after(delayMs: number, run: () => void): () => void {
    return this.world.after(delayMs, () => {
      if (!this.#retired) run();
    });
  }

  /** Whoever holds this has no say any more: commands are ignored and nobody is called back. */
  retire(): void {
    this.#retired = true;
  }

  perform(command: Command, by: string, done: (result: CommandResult) => void): void {
    if (this.#retired) return;
    const of = this.trace.countCommand();
    this.#countAtOnce(by);
    this.trace.write({ command, at: this.world.nowMs(), by });
    this.world.perform(command, (result) => {
      this.trace.write({ result, of });
      this.observation.views.performed(command, result);
      if (!this.#retired) done(result);
    });
  }

  #countAtOnce(by: string): void {
    const now = this.world.nowMs();
    this.#commandsAtOnce = now === this.#lastCommandMs ? this.#commandsAtOnce + 1 : 1;
    this.#lastCommandMs = now;
    assert(this.#commandsAtOnce <= MAX_COMMANDS_AT_ONCE, `${by} gives commands without end`);
  }
}
