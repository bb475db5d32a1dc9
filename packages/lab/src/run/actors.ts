import { assert } from "@forkyard/core/errors";
import type { Adjustment, Scenario } from "../scenario/model.ts";
import type { WorldEvent } from "../world/event.ts";
import { RandomStreams } from "../world/sim/random/stream.ts";
import type { NodeName } from "../world/world.ts";
import type { Actor, ActorContext } from "./actor.ts";
import type { ActorKinds } from "./actor-kind.ts";
import type { JsonValue } from "./result.ts";
import type { WatchedWorld } from "./watched-world.ts";

/** The actors of a scenario, in the order of the file. */
export class Actors {
  readonly #actors: ReadonlyMap<string, Actor>;
  /** Fields that each may have in its result: what files were checked against. */
  readonly #declared: ReadonlyMap<string, readonly string[]>;
  readonly #watched: WatchedWorld;
  readonly #streams: RandomStreams;

  constructor(scenario: Scenario, kinds: ActorKinds, watched: WatchedWorld, seed: number) {
    this.#watched = watched;
    this.#streams = new RandomStreams(seed);
    this.#declared = new Map(scenario.actors.map(({ name, kind }) => [name, kinds[kind]?.results ?? []]));
    this.#actors = new Map(
      scenario.actors.flatMap(({ name, kind, options }) => {
        const actor = kinds[kind]?.create(options, { name, scenario });
        return actor === undefined ? [] : [[name, actor] as const];
      }),
    );
  }

  start(): void {
    for (const [name, actor] of this.#actors) actor.start(this.#context(name));
  }

  observe(event: WorldEvent): void {
    for (const actor of this.#actors.values()) actor.observe(event);
  }

  done(name: string): boolean {
    return this.#actors.get(name)?.done() ?? true;
  }

  adjust(name: string, change: Adjustment): void {
    this.#actors.get(name)?.adjust?.(change);
  }

  allDone(): boolean {
    for (const actor of this.#actors.values()) if (!actor.done()) return false;
    return true;
  }

  results(): Readonly<Record<string, JsonValue>> {
    return Object.fromEntries(
      [...this.#actors].map(([name, actor]) => {
        const result = actor.result();
        const undeclared = Object.keys(result).find((field) => this.#declared.get(name)?.includes(field) === false);
        assert(undeclared === undefined, `the kind of ${name} declares its result ${undeclared}`);
        return [name, result];
      }),
    );
  }

  #context(name: string): ActorContext {
    const { world, observation } = this.#watched;
    return {
      nowMs: () => world.nowMs(),
      views: observation.views,
      perform: (command, done) => this.#watched.perform(command, name, (result) => done?.(result)),
      after: (delayMs, run) => this.#watched.after(delayMs, run),
      random: this.#streams.of("actors", name),
      note: (node: NodeName, text: string) => {
        this.#watched.perform({ kind: "note", node, who: name, text }, name, () => {});
      },
    };
  }
}
