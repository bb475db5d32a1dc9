import { InputError } from "@forkyard/core/errors";
import { chainId } from "@forkyard/core/params/networks";
import type { ExtendBranchRequest, LabApi, LinkSetting, MineBranchRequest } from "@forkyard/rpc/lab-api";
import type { Laboratory } from "../laboratory/laboratory.ts";
import type { MiningDesk } from "../mining/mining-desk.ts";
import type { Node } from "../node.ts";
import { experimentApi } from "./experiment-api.ts";

export interface EngineNames {
  readonly curve: string;
  readonly grinder: string;
}

export interface LabParts {
  readonly node: Node;
  readonly desk: MiningDesk;
  readonly engines: EngineNames;
  /** Undefined on ordinary nodes. */
  readonly laboratory: Laboratory | undefined;
}

/** What only Forkyard's nodes can do, as RPC sees it. */
export function labApi({ node, desk, engines, laboratory }: LabParts): LabApi {
  return {
    ...experimentApi(node, desk, laboratory),
    status: () => ({
      name: node.name,
      chainId: chainId(node.params),
      peerId: node.transport.self,
      mining: {
        hashRate: desk.measuredRate(),
        hashes: desk.hashes,
        targetHashRate: desk.miner.hashRate,
      },
      ...engines,
    }),
    setMining: (hashRate: number | undefined) => {
      if ((hashRate === undefined || hashRate > 0) && desk.payTo === undefined) {
        throw new InputError("this node has nobody to mine for: set mining.payTo in its configuration");
      }
      desk.setHashRate(hashRate);
    },
    setBlockedPeers: (peers: readonly string[]) => node.transport.setBlockedPeers(new Set(peers)),
    setLinks: (links: readonly LinkSetting[]) =>
      node.transport.setLinkConditions(new Map(links.map(({ peer, ...conditions }) => [peer, conditions]))),
    mineBranch: (request: MineBranchRequest) => desk.branches.mine(request),
    extendBranch: (request: ExtendBranchRequest) => desk.branches.extend(request),
    publishBranch: async (branch: string, blocks: number | undefined) => {
      const published = await desk.branches.publish(branch, blocks);
      await node.chain.durable();
      return published;
    },
  };
}
