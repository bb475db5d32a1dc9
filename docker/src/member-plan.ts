import { InputError } from "@forkyard/core/errors";
import type { DevnetPlan, NodePlan } from "@forkyard/devnet/config/plan-devnet";
import { type DevnetFolder, nodeFolder } from "@forkyard/devnet/folder/layout";
import type { NodeState } from "@forkyard/devnet/folder/state-file";
import { nodeConfig } from "@forkyard/devnet/nodes/node-config-file";
import { P2P_PORT, RPC_PORT } from "./limits.ts";

/** @throws InputError naming the nodes there are */
export function memberOf(plan: DevnetPlan, name: string): NodePlan {
  const member = plan.nodes.find((node) => node.name === name);
  if (member !== undefined) return member;
  const names = plan.nodes.map((node) => node.name).join(", ");
  throw new InputError(`the devnet has no node ${JSON.stringify(name)}: give one of ${names}`);
}

/**
 * The node program's config in a container: that of "forkyard up", but with one node a host. Peers are reached by the name
 * of their container; RPC stays on the container's own loopback.
 */
export function memberConfig(folder: DevnetFolder, plan: DevnetPlan, member: NodePlan): object {
  return {
    ...nodeConfig(folder, plan, member),
    p2p: {
      host: "0.0.0.0",
      port: P2P_PORT,
      staticPeers: member.neighbours.map((name) => `/dns4/${name}/tcp/${P2P_PORT}`),
      mdns: plan.mdns,
    },
    rpc: { host: "127.0.0.1", port: RPC_PORT },
  };
}

/** What the commands in the container read to find the node; the process is not there yet. */
export function memberState(folder: DevnetFolder, member: NodePlan): NodeState {
  const { cookieFile, logFile } = nodeFolder(folder, member.name);
  const { name, hashShare, hashRate, wallets, neighbours } = member;
  return {
    name,
    rpcPort: RPC_PORT,
    p2pPort: P2P_PORT,
    rpc: `http://127.0.0.1:${RPC_PORT}`,
    cookieFile,
    logFile,
    hashShare,
    hashRate,
    wallets,
    neighbours,
  };
}
