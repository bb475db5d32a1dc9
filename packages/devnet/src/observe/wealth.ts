import { networkByName } from "@forkyard/core/params/networks";
import type { RunningDevnet } from "../remote/running-devnet.ts";
import { issuedUpTo } from "./supply.ts";

/** Satoshis of each wallet that are confirmed, rewards that are not mature yet included. */
export type Balances = ReadonlyMap<string, number>;

/** All coins of one node's set, and what the rules have issued up to its height. Equal, or coins were made from nothing. */
export interface Supply {
  readonly height: number;
  /** Satoshis. */
  readonly coins: number;
  readonly issued: number;
}

/** What every wallet owns; wallets of nodes that do not run are left out. */
export async function readBalances(devnet: RunningDevnet): Promise<Balances> {
  const hosts = devnet.running().flatMap((node) => node.state.wallets.map((wallet) => ({ wallet, node })));
  const read = await Promise.all(
    hosts.map(async ({ wallet, node }) => {
      const { spendable, immature } = await node.balances(wallet);
      return [wallet, Number(spendable + immature)] as const;
    }),
  );
  return new Map(devnet.walletNames.flatMap((name) => read.filter(([wallet]) => wallet === name)));
}

export async function readSupply(devnet: RunningDevnet, nodeName: string): Promise<Supply> {
  const { height, coins } = await devnet.runningNode(nodeName).status();
  const { subsidyHalvingBlocks } = networkByName(devnet.state.network);
  return { height, coins: coins.total, issued: Number(issuedUpTo(height, subsidyHalvingBlocks)) };
}
