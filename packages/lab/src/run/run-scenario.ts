import { actorKinds } from "../actors/registry.ts";
import type { Scenario } from "../scenario/model.ts";
import { canonicalJson } from "../trace/canonical-json.ts";
import { TRACE_VERSION, type TraceOrigin } from "../trace/trace-entry.ts";
import type { LineSink } from "../trace/trace-writer.ts";
import type { WorldEvent } from "../world/event.ts";
import type { World } from "../world/world.ts";
import type { ActorKinds } from "./actor-kind.ts";
import type { ExecPort } from "./exec-port.ts";
import type { ScenarioResult } from "./result.ts";
import { runWorld, type SingleResult } from "./run-world.ts";

/** A world for one run. */
export interface OpenedWorld {
  readonly world: World;
  /** What commands of the user's are told about it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Where scenarios run. */
export interface Worlds {
  readonly kind: "sim" | "live";
  open(scenario: Scenario, seed: number): Promise<OpenedWorld>;
  halvingBlocks(scenario: Scenario): number;
}

export interface ScenarioOptions {
  /** Default: the scenario's. */
  readonly seed?: number | undefined;
  /** The file it was read from: it goes into the trace. */
  readonly source: string;
  readonly kinds?: ActorKinds | undefined;
  /** Version of the program, and its commit when that is known: who made the trace. */
  readonly origin?: Omit<TraceOrigin, "trace"> | undefined;
  readonly traceLine?: LineSink | undefined;
  readonly exec?: ExecPort | undefined;
  /** A scenario of the same nodes and wallets that takes over at a moment, and the file it was read from. */
  readonly branch?: { readonly atMs: number; readonly scenario: Scenario; readonly source: string } | undefined;
  /** Told every event; `variant` is undefined in the scenario itself. */
  readonly onEvent?: ((event: WorldEvent, variant: string | undefined) => void) | undefined;
}

/** Runs a scenario and then its variants, each in a world of its own with the same seed. */
export async function runScenario(
  scenario: Scenario,
  worlds: Worlds,
  options: ScenarioOptions,
): Promise<ScenarioResult> {
  const { origin, traceLine } = options;
  if (origin !== undefined) traceLine?.(canonicalJson({ origin: { trace: TRACE_VERSION, ...origin } }));
  const main = await runOne(scenario, undefined, worlds, options);
  const variants: ScenarioResult["variants"][number][] = [];
  for (const { name, scenario: changed } of scenario.variants) {
    variants.push({ ...(await runOne(changed, name, worlds, options)), variant: name });
  }
  return { ...main, passed: main.passed && variants.every(({ passed }) => passed), variants };
}

/** Runs one of them: the scenario itself, or a variant. */
export async function runOne(
  scenario: Scenario,
  variant: string | undefined,
  worlds: Worlds,
  options: ScenarioOptions,
): Promise<SingleResult> {
  const seed = options.seed ?? scenario.seed;
  const { world, environment } = await worlds.open(scenario, seed);
  try {
    const { onEvent, source, kinds, traceLine, exec, branch } = options;
    return await runWorld(scenario, world, {
      kinds: kinds ?? actorKinds,
      run: {
        name: scenario.name,
        world: worlds.kind,
        seed,
        scenario: source,
        ...(variant === undefined ? {} : { variant }),
        ...(branch === undefined ? {} : { branch: { atMs: branch.atMs, scenario: branch.source } }),
      },
      halvingBlocks: worlds.halvingBlocks(scenario),
      traceLine,
      exec,
      execEnvironment: environment,
      branch,
      onEvent: onEvent === undefined ? undefined : (event) => onEvent(event, variant),
    });
  } finally {
    await world.close();
  }
}
