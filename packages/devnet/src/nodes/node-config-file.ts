import { InputError } from "@forkyard/core/errors";
import type { DevnetPlan, NodePlan } from "../config/plan-devnet.ts";
import { type DevnetFolder, nodeFolder } from "../folder/layout.ts";
import { writePrivateFile } from "../folder/private-file.ts";

/** Writes the config file that the node program is started with. @returns its path */
export function writeNodeConfig(folder: DevnetFolder, plan: DevnetPlan, node: NodePlan): string {
  const { configFile } = nodeFolder(folder, node.name);
  writePrivateFile(configFile, `${JSON.stringify(nodeConfig(folder, plan, node), undefined, 2)}\n`);
  return configFile;
}

/** The node program's config document for one node of the plan. */
export function nodeConfig(folder: DevnetFolder, plan: DevnetPlan, node: NodePlan): object {
  const { path } = nodeFolder(folder, node.name);
  return {
    name: node.name,
    network: plan.network,
    dataDir: path,
    p2p: {
      host: "127.0.0.1",
      port: node.p2pPort,
      staticPeers: node.neighbours.map((name) => `/ip4/127.0.0.1/tcp/${portOf(plan, name)}`),
      mdns: plan.mdns,
    },
    rpc: { host: "127.0.0.1", port: node.rpcPort },
    // Mining is switched on over RPC once all nodes are linked: nodes that mine alone at first only make forks.
    mining: { hashRate: 0, payTo: node.payTo },
    wallets: node.wallets.map((name) => ({ name })),
    walletSecretFile: folder.walletSecretFile,
    log: { level: plan.logLevel },
    ...(node.laboratory !== undefined && { laboratory: node.laboratory }),
  };
}

function portOf(plan: DevnetPlan, name: string): number {
  const node = plan.nodes.find((other) => other.name === name);
  if (node === undefined) throw new InputError(`there is no node ${name}`);
  return node.p2pPort;
}
