import type { NodeApi } from "@forkyard/rpc/node-api";
import { chainApi } from "./chain-api.ts";
import { type LabParts, labApi } from "./lab-api.ts";
import { mempoolApi } from "./mempool-api.ts";
import { miningApi } from "./mining-api.ts";
import { peersApi } from "./peers-api.ts";
import { walletsApi } from "./wallets-api.ts";

/** Everything that RPC may see and do of a node. @param stop asks the program to end */
export function nodeApi(parts: LabParts, stop: () => void): NodeApi {
  const { node, desk } = parts;
  return {
    params: node.params,
    clock: node.clock,
    timers: node.timers,
    startedAtMs: node.clock.nowMs(),
    chain: chainApi(node),
    mempool: mempoolApi(node),
    mining: miningApi(node, desk),
    peers: peersApi(node),
    wallets: walletsApi(node),
    lab: labApi(parts),
    events: node.events,
    warmup: () => undefined,
    stop,
  };
}
