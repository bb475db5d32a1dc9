import type { Scenario, ScenarioLink, ScenarioNetwork, ScenarioNode, ScenarioWallet } from "../../../scenario/model.ts";

export interface SmallScenario {
  /** Hash share by name of the node. */
  readonly nodes: Readonly<Record<string, number>>;
  /** Pairs; every pair when absent. */
  readonly links?: readonly (readonly [string, string])[];
  readonly link?: Partial<ScenarioLink>;
  readonly node?: Partial<ScenarioNode>;
  readonly wallets?: readonly ScenarioWallet[];
  readonly network?: Partial<ScenarioNetwork>;
}

/** A scenario without steps, for tests of the world itself: blocks every ten seconds, links of 50 ms. */
export function smallScenario(small: SmallScenario): Scenario {
  const names = Object.keys(small.nodes);
  const pairs = small.links ?? names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const));
  const link = { latencyMs: 50, jitterMs: 10, bytesPerSecond: undefined, loss: 0, ...small.link };
  return {
    name: "small",
    title: "A world for a test",
    explanation: "",
    worlds: ["sim"],
    network: {
      rules: "regtest",
      blockIntervalMs: 10_000,
      retarget: "none",
      coinbaseMaturity: 5,
      bootstrapBlocks: 10,
      ...small.network,
    },
    seed: 1,
    nodes: Object.entries(small.nodes).map(([name, hashShare]) => ({
      name,
      hashShare,
      rules: undefined,
      defences: [],
      clockOffsetSeconds: 0,
      running: true,
      ...small.node,
    })),
    links: pairs.map((between) => ({ ...link, between })),
    wallets: small.wallets ?? [],
    actors: [],
    timeline: [],
    end: undefined,
    timeLimitMs: 1_000_000,
    settleMs: 0,
    expectations: [],
    variants: [],
    sweep: undefined,
  };
}
