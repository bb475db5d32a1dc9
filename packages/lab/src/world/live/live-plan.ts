import { workOfBits } from "@forkyard/consensus/rules/target";
import { InputError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import type { DevnetPlan, NodePlan } from "@forkyard/devnet/config/plan-devnet";
import type { Scenario } from "../../scenario/model.ts";
import type { NodeName } from "../world.ts";

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
      const payTo = minerWallet(place);
      return {
        name: node.name,
        rpcPort: portBase + PORTS_PER_NODE * place,
        p2pPort: portBase + PORTS_PER_NODE * place + 1,
        hashShare: node.hashShare,
        hashRate: node.hashShare * hashRate,
        wallets: [...wallets.filter((wallet) => wallet.node === node.name).map(({ name }) => name), payTo],
        payTo,
        neighbours: links.flatMap(({ between }) => otherEnd(between, node.name)),
      };
    }),
  };
}

/** Hashes a second of all nodes together that make a block in the scenario's interval at the first difficulty. */
export function liveHashRate({ network }: Scenario): number {
  const { header } = networkByName(network.rules).genesis;
  return Number(workOfBits(header.bits)) / (network.blockIntervalMs / 1000);
}

/** The wallet that the rewards of a node go to, by its place in the list. */
export function minerWallet(place: number): string {
  return `miner${place + 1}`;
}

function otherEnd([a, b]: readonly [NodeName, NodeName], node: NodeName): readonly NodeName[] {
  if (a === node) return [b];
  return b === node ? [a] : [];
}

function refuseWhatOnlySimulates({ name, worlds, nodes, wallets, network }: Scenario): void {
  const refuse = (what: string): never => {
    throw new InputError(`${name} cannot run on live nodes: ${what}; run it with --sim`);
  };
  if (!worlds.includes("live")) refuse(`its file says "worlds: [${worlds.join(", ")}]"`);
  const changed = nodes.find(({ rules, defences, clockOffsetSeconds }) => {
    return rules !== undefined || defences.length > 0 || clockOffsetSeconds !== 0;
  });
  if (changed !== undefined) refuse(`${changed.name} has rules, defences or a clock of its own`);
  if (networkByName(network.rules).coinbaseMaturity !== network.coinbaseMaturity) {
    refuse(`rewards mature after ${network.coinbaseMaturity} blocks`);
  }
  const taken = wallets.find((wallet) => nodes.some((_, place) => minerWallet(place) === wallet.name));
  if (taken !== undefined) refuse(`the wallet ${taken.name} belongs to the node of that number`);
}
