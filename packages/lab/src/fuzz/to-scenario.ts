import { MAX_TIME_LIMIT_MS } from "../limits.ts";
import type { Action, Scenario, ScenarioNode, Step } from "../scenario/model.ts";
import type { FuzzWorld } from "./fuzz-world.ts";

/** A node that starts when everything is healed, with an empty disk and one link: it must catch up. */
export const LATE_NODE = "late";
/** A wallet whose one payment, made when everything is healed, must be mined. */
export const LATE_WALLET = "probe";
const LATE_COINS = 100_000_000n;
const CALM_LINK = { latencyMs: 50, jitterMs: 0, bytesPerSecond: undefined, loss: 0 };

/** The scenario of a random world: who is there, how they are linked, and what the language of scenarios can say of its events. */
export function scenarioOf(world: FuzzWorld): Scenario {
  const [first] = world.nodes;
  const plain = { rules: undefined, defences: [], clockOffsetSeconds: 0 } as const;
  const nodes: ScenarioNode[] = world.nodes.map((node) => ({ ...node, ...plain, running: true }));
  const host = first?.name ?? "";
  return {
    name: `seed-${world.seed}`,
    title: `Random world of seed ${world.seed}`,
    explanation: "",
    worlds: ["sim"],
    network: world.network,
    seed: world.seed,
    nodes: [...nodes, { name: LATE_NODE, hashShare: 0, ...plain, running: false }],
    links: [...world.links, { between: [host, LATE_NODE], ...CALM_LINK }],
    wallets: [...world.wallets, { name: LATE_WALLET, node: host, coins: LATE_COINS }],
    actors: [],
    timeline: stepsOf(world),
    end: undefined,
    timeLimitMs: MAX_TIME_LIMIT_MS,
    settleMs: 0,
    expectations: [],
    variants: [],
    sweep: undefined,
  };
}

function stepsOf({ events }: FuzzWorld): Step[] {
  return events.flatMap(({ atMs, action }) => {
    const actions: Action[] = action.kind === "hostile" ? [] : [action];
    return actions.length === 0 ? [] : [{ line: 0, when: { kind: "at", atMs }, actions, mayFail: true, repeats: [] }];
  });
}
