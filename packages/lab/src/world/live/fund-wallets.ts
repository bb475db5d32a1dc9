import { subsidyAt } from "@forkyard/consensus/rules/subsidy";
import { assert } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import { StoppedError } from "@forkyard/devnet/nodes/stopped-error";
import { NetWatch } from "@forkyard/devnet/observe/net-watch";
import type { RemoteNode } from "@forkyard/devnet/remote/remote-node";
import type { RunningDevnet } from "@forkyard/devnet/remote/running-devnet";
import { atPace } from "@forkyard/node/laboratory/network-pace";
import type { Scenario, ScenarioWallet } from "../../scenario/model.ts";
import { paceOf } from "../network-pace.ts";
import { LEAST_OUTPUT, LIVE_AGREEMENT_MS, OUTPUTS_PER_WALLET } from "./limits.ts";
import { rewardWallet } from "./live-plan.ts";

const MS_PER_SECOND = 1_000;

/**
 * Gives every wallet exactly the coins that the scenario says, and all nodes one tip. Nobody mines by himself yet. By
 * their headers the blocks are one interval apart from the genesis block on, and the clocks of all nodes stand where the
 * last of them ends: difficulty and defences look at header times.
 * @param signal gives it up: nodes that end would never agree
 */
export async function fundWallets(devnet: RunningDevnet, scenario: Scenario, signal?: AbortSignal): Promise<void> {
  const [first, ...others] = devnet.nodes;
  assert(first !== undefined, "a scenario has a node");
  const params = atPace(networkByName(scenario.network.rules), paceOf(scenario.network));
  const funded = scenario.wallets.filter(({ coins }) => coins > 0n);
  const blocks = blocksBefore(scenario, funded, params);
  const watch = new NetWatch(devnet.nodes);
  const giveUp = (): void => watch.giveUp(new StoppedError("the run was stopped"));
  signal?.addEventListener("abort", giveUp);
  try {
    await Promise.all(devnet.nodes.map((node) => setClock(node, blocks + funded.length, params)));
    // Links of the scenario come later, and perhaps do not reach everybody.
    await Promise.all(others.map((node) => node.dial(addressOf(first))));
    await watch.open();
    const treasury = rewardWallet(scenario, 0);
    const mine = async (count: number): Promise<void> => {
      if (count === 0) return;
      const wishes = { timeStepSeconds: params.spacingSeconds };
      const tip = (await first.mineBlocks(count, await first.newAddress(treasury), wishes)).at(-1);
      const agreed = (): boolean => [...watch.tips.values()].every((seen) => seen === tip);
      await watch.until(agreed, LIVE_AGREEMENT_MS, "the nodes do not agree on a tip");
    };
    await mine(blocks);
    for (const { name, node, coins } of funded) {
      for (const part of partsOf(coins)) {
        await first.send(treasury, await devnet.runningNode(node).newAddress(name), part);
      }
      await mine(1);
    }
  } finally {
    signal?.removeEventListener("abort", giveUp);
    await watch.close();
  }
}

/** Blocks before the coins are sent; each wallet's come in one of their own. */
function blocksBefore({ network }: Scenario, funded: readonly ScenarioWallet[], params: NetworkParams): number {
  const wanted = funded.reduce((sum, { coins }) => sum + coins, 0n);
  // One reward more than is given away, for the fees.
  const rewards = wanted === 0n ? 0 : Number(wanted / subsidyAt(1, params)) + 2 + params.coinbaseMaturity;
  return Math.max(rewards, network.bootstrapBlocks - funded.length);
}

function partsOf(coins: bigint): readonly bigint[] {
  const parts = coins < OUTPUTS_PER_WALLET * LEAST_OUTPUT ? 1n : OUTPUTS_PER_WALLET;
  const part = coins / parts;
  return Array.from({ length: Number(parts) }, (_, index) => (index === 0 ? coins - part * (parts - 1n) : part));
}

async function setClock(node: RemoteNode, blocks: number, params: NetworkParams): Promise<void> {
  const endSeconds = params.genesis.header.time + (blocks + 1) * params.spacingSeconds;
  await node.call("forkyard_setclock", [Date.now(), endSeconds * MS_PER_SECOND]);
}

function addressOf({ state }: RemoteNode): string {
  return `/ip4/127.0.0.1/tcp/${state.p2pPort}/p2p/${state.peerId}`;
}
