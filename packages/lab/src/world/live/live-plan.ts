import { workOfBits } from "@forkyard/consensus/rules/target";
import { InputError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import type { DevnetPlan, NodePlan } from "@forkyard/devnet/config/plan-devnet";
import type { LaboratoryConfig } from "@forkyard/node/laboratory/laboratory-config";
import type { Action, Scenario, ScenarioNetwork, ScenarioNode } from "../../scenario/model.ts";
import { paceOf } from "../network-pace.ts";
import type { NodeName } from "../world.ts";
import { MAX_LIVE_NODES } from "./limits.ts";
import { paceFor } from "./live-time.ts";

const MS_PER_SECOND = 1_000;

/** Each node takes two: RPC, then p2p. */
export const PORTS_PER_NODE = 2;

/** The devnet that a scenario asks for. @throws InputError when it cannot run on live nodes */
export function livePlan(scenario: Scenario, portBase: number): DevnetPlan {
  refuseWhatOnlySimulates(scenario);
  const { nodes, network, wallets, links } = scenario;
  const hashRate = liveHashRate(scenario);
  return {
    network: network.rules,
    restart: "never",
    mdns: false,
    logLevel: "info",
    nodes: nodes.map((node, place): NodePlan => {
      const payTo = rewardWallet(scenario, place);
      return {
        name: node.name,
        rpcPort: portBase + PORTS_PER_NODE * place,
        p2pPort: portBase + PORTS_PER_NODE * place + 1,
        hashShare: node.hashShare,
        hashRate: node.hashShare * hashRate,
        wallets: [...wallets.filter((wallet) => wallet.node === node.name).map(({ name }) => name), payTo],
        payTo,
        laboratory: laboratoryOf(node, network),
        neighbours: links.flatMap(({ between }) => otherEnd(between, node.name)),
      };
    }),
  };
}

/** Hashes a second of all nodes together that make a block in the scenario's interval at the first difficulty. */
export function liveHashRate(scenario: Scenario): number {
  const { network } = scenario;
  const { header } = networkByName(network.rules).genesis;
  return Number(workOfBits(header.bits)) / (network.blockIntervalMs / paceFor(scenario) / MS_PER_SECOND);
}

/** The wallet that the rewards of a node go to, by its place in the list. */
export function rewardWallet({ wallets }: Scenario, place: number): string {
  const name = `miner${place + 1}`;
  return wallets.some((wallet) => wallet.name === name) ? `${name}-rewards` : name;
}

/** How a node differs from an ordinary one of the network. Rules of its own it is told later: they hold from the first block of the scenario on. */
function laboratoryOf({ defences }: ScenarioNode, network: ScenarioNetwork): LaboratoryConfig {
  return { defences, network: paceOf(network) };
}

function otherEnd([a, b]: readonly [NodeName, NodeName], node: NodeName): readonly NodeName[] {
  if (a === node) return [b];
  return b === node ? [a] : [];
}

function refuseWhatOnlySimulates({ name, worlds, nodes, timeline }: Scenario): void {
  const refuse = (what: string): never => {
    throw new InputError(`${name} cannot run on live nodes: ${what}; run it with --sim`);
  };
  if (!worlds.includes("live")) refuse(`its file says "worlds: [${worlds.join(", ")}]"`);
  if (nodes.length > MAX_LIVE_NODES)
    refuse(`it has ${nodes.length} nodes, and ${MAX_LIVE_NODES} processes are the most`);
  for (const { line, actions, repeats } of timeline) {
    for (const action of [...actions, ...repeats.flatMap((repeat) => repeat.actions)]) {
      const reason = onlySimulated(action);
      if (reason !== undefined) refuse(`the step on line ${line} ${reason}`);
    }
  }
}

/** What of an action no real node can do; undefined when it can. */
function onlySimulated(action: Action): string | undefined {
  if (action.kind !== "command" || !("disk" in action.command) || action.command.disk !== "flip-bit") return undefined;
  return `says "${action.command.kind}" with "disk: flip-bit", which damages the machine's own disk`;
}
