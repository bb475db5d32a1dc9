import { subsidyAt } from "@forkyard/consensus/rules/subsidy";
import { assert } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { StoppedError } from "@forkyard/devnet/nodes/stopped-error";
import { NetWatch } from "@forkyard/devnet/observe/net-watch";
import { sameTip } from "@forkyard/devnet/observe/same-tip";
import type { RunningDevnet } from "@forkyard/devnet/remote/running-devnet";
import type { Scenario } from "../../scenario/model.ts";
import { LIVE_AGREEMENT_MS } from "./limits.ts";
import { minerWallet } from "./live-plan.ts";

/**
 * Gives every wallet exactly the coins that the scenario says, and all nodes one tip. Nobody mines by himself yet.
 * @param signal gives it up: nodes that end would never agree
 */
export async function fundWallets(devnet: RunningDevnet, scenario: Scenario, signal?: AbortSignal): Promise<void> {
  const [first] = devnet.nodes;
  assert(first !== undefined, "a scenario has a node");
  const params = networkByName(scenario.network.rules);
  const treasury = minerWallet(0);
  const funded = scenario.wallets.filter(({ coins }) => coins > 0n);
  const wanted = funded.reduce((sum, { coins }) => sum + coins, 0n);
  // One reward more than is given away, for the fees.
  const rewards = Number(wanted / subsidyAt(1, params)) + 2;
  const watch = new NetWatch(devnet.nodes);
  const giveUp = (): void => watch.giveUp(new StoppedError("the run was stopped"));
  signal?.addEventListener("abort", giveUp);
  try {
    await watch.open();
    const agreed = (): Promise<void> =>
      watch.until(() => sameTip(watch.tips), LIVE_AGREEMENT_MS, "the nodes do not agree on a tip");
    const blocks = Math.max(rewards + params.coinbaseMaturity, scenario.network.bootstrapBlocks - 1);
    await first.generate(blocks, await first.newAddress(treasury));
    await agreed();
    for (const { name, node, coins } of funded) {
      await first.send(treasury, await devnet.runningNode(node).newAddress(name), coins);
    }
    await first.generate(1, await first.newAddress(treasury));
    await agreed();
  } finally {
    signal?.removeEventListener("abort", giveUp);
    await watch.close();
  }
}
