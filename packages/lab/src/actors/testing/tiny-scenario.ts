import type { Scenario, ScenarioActor, ScenarioLink, ScenarioNode } from "../../scenario/model.ts";

interface Facts {
  /** Names and shares of the hash power. */
  readonly nodes: Readonly<Record<string, number>>;
  /** Wallets and their nodes. */
  readonly wallets?: Readonly<Record<string, string>>;
  readonly links?: readonly (readonly [string, string])[];
  readonly actors?: readonly ScenarioActor[];
}

/** The least scenario that an actor can be told of. */
export function tinyScenario({ nodes, wallets = {}, links = [], actors = [] }: Facts): Scenario {
  return {
    nodes: Object.entries(nodes).map(([name, hashShare]) => nodeOf(name, hashShare)),
    wallets: Object.entries(wallets).map(([name, node]) => ({ name, node, coins: 0n })),
    links: links.map(linkOf),
    actors,
    network: { rules: "devnet" },
  } as unknown as Scenario;
}

function nodeOf(name: string, hashShare: number): ScenarioNode {
  return { name, hashShare, rules: undefined, defences: [], clockOffsetSeconds: 0, running: true };
}

function linkOf(between: readonly [string, string]): ScenarioLink {
  return { between, latencyMs: 50, jitterMs: 0, bytesPerSecond: undefined, loss: 0 };
}
