import { AssertionFault } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { AGREEMENT_LIMIT_MS, MAX_BOOTSTRAP_ROUNDS } from "../limits.ts";
import { NetWatch } from "../observe/net-watch.ts";
import { sameTip } from "../observe/same-tip.ts";
import type { RemoteNode } from "../remote/remote-node.ts";
import type { RunningDevnet } from "../remote/running-devnet.ts";
import { bootstrapPlan, type WalletFunds } from "./bootstrap-plan.ts";

/** What a start did before the net was left to itself. */
export interface BootstrapResult {
  /** Blocks mined at full power; 0 when every wallet had coins. */
  readonly blocks: number;
  readonly milliseconds: number;
}

/**
 * Brings the nodes to one tip and gives every wallet a coin it may spend: blocks mined at full power on the first node,
 * to the wallets' own addresses, with 100 more on top as maturity demands. Mining must be paused.
 */
export async function bootstrap(devnet: RunningDevnet): Promise<BootstrapResult> {
  const started = performance.now();
  const [first] = devnet.nodes;
  if (first === undefined) throw new AssertionFault("a devnet has a node");
  const watch = new NetWatch(devnet.nodes);
  try {
    await watch.open();
    let blocks = 0;
    for (let round = 0; round < MAX_BOOTSTRAP_ROUNDS; round++) {
      await watch.until(() => sameTip(watch.tips), AGREEMENT_LIMIT_MS, "the nodes do not agree on a tip");
      const mined = await mineRound(devnet, first);
      if (mined === 0) return { blocks, milliseconds: performance.now() - started };
      blocks += mined;
    }
    throw new AssertionFault(`wallets have no coins after ${blocks} blocks`);
  } finally {
    await watch.close();
  }
}

async function mineRound(devnet: RunningDevnet, miner: RemoteNode): Promise<number> {
  const funds = await Promise.all(devnet.walletNames.map((wallet) => fundsOf(devnet, wallet)));
  const miners = devnet.nodes.map((node) => node.state.wallets.at(-1) ?? "");
  const { coinbaseMaturity } = networkByName(devnet.state.network);
  let mined = 0;
  for (const turn of bootstrapPlan(funds, miners, coinbaseMaturity)) {
    const address = await devnet.walletHost(turn.wallet).newAddress(turn.wallet);
    mined += (await miner.generate(turn.blocks, address)).length;
  }
  return mined;
}

async function fundsOf(devnet: RunningDevnet, wallet: string): Promise<WalletFunds> {
  const { spendable, immature } = await devnet.walletHost(wallet).balances(wallet);
  return { wallet, spendable, immature };
}
