import { actorKinds } from "../actors/registry.ts";
import type { ActorKinds } from "../run/actor-kind.ts";
import type { Scenario } from "./model.ts";
import { scenarioFrom } from "./parse-scenario.ts";
import type {
  WrittenActor,
  WrittenExpectation,
  WrittenNode,
  WrittenScenario,
  WrittenStep,
  WrittenVariant,
  WrittenWallet,
} from "./written.ts";

/**
 * A scenario in TypeScript, with the words and units of the file: each call returns a new builder, `build` checks it as a
 * file is checked. `scenario("race").node("a", "100%").expect({ oneTip: "all" }).build()`.
 */
export class ScenarioBuilder {
  readonly #name: string;
  readonly #written: WrittenScenario;

  constructor(name: string, written: WrittenScenario) {
    this.#name = name;
    this.#written = written;
  }

  /** @param node its share of the hash power alone, or all of it; none: no hash power */
  node(name: string, node: string | WrittenNode = {}): ScenarioBuilder {
    return this.with({ nodes: { ...this.#written.nodes, [name]: node } });
  }

  wallet(name: string, wallet: string | WrittenWallet): ScenarioBuilder {
    return this.with({ wallets: { ...this.#written.wallets, [name]: wallet } });
  }

  actor(name: string, actor: WrittenActor): ScenarioBuilder {
    return this.with({ actors: { ...this.#written.actors, [name]: actor } });
  }

  step(step: WrittenStep): ScenarioBuilder {
    return this.with({ timeline: [...(this.#written.timeline ?? []), step] });
  }

  expect(...expectations: readonly WrittenExpectation[]): ScenarioBuilder {
    return this.with({ expect: [...this.#written.expect, ...expectations] });
  }

  variant(name: string, variant: WrittenVariant): ScenarioBuilder {
    return this.with({ variants: { ...this.#written.variants, [name]: variant } });
  }

  /** Anything else that a file may say: network, topology, link, end, timeLimit … */
  with(settings: Partial<WrittenScenario>): ScenarioBuilder {
    return new ScenarioBuilder(this.#name, { ...this.#written, ...settings });
  }

  /** The file that says the same: JSON, which is YAML. It is the source that a trace needs. */
  source(): string {
    return `${JSON.stringify(this.#written, undefined, 2)}\n`;
  }

  /** @throws ScenarioFileError naming the path of what is wrong */
  build(kinds: ActorKinds = actorKinds): Scenario {
    return scenarioFrom(this.#written, this.#name, kinds);
  }
}

/** Begins a scenario. @param title what happens, in one line; default: the name */
export function scenario(name: string, title: string = name): ScenarioBuilder {
  return new ScenarioBuilder(name, { title, nodes: {}, expect: [] });
}
