import { InputError } from "@forkyard/core/errors";
import { AGREEMENT_LIMIT_MS, PAYMENT_SPREAD_LIMIT_MS, STAGED_PAYMENT_SATOSHIS } from "../limits.ts";
import type { NetWatch } from "../observe/net-watch.ts";
import { sameTip } from "../observe/same-tip.ts";
import { hasInMempool } from "../observe/seen-transaction.ts";
import type { RemoteNode } from "../remote/remote-node.ts";
import type { RunningDevnet } from "../remote/running-devnet.ts";
import { VICTIM_WALLET } from "./choose-victim.ts";

/**
 * Makes a payment for a double spend to take back: the attacker pays the merchant, and an honest node mines it and
 * `depth - 1` blocks on top at full power, so that it is `depth` deep.
 */
export async function stagePayment(
  devnet: RunningDevnet,
  watch: NetWatch,
  attacker: RemoteNode,
  depth: number,
): Promise<void> {
  const payer = attacker.state.wallets.at(-1) ?? "";
  const merchant = devnet.walletHost(VICTIM_WALLET);
  const { spendable } = await attacker.balances(payer);
  const amount = spendable / 2n < STAGED_PAYMENT_SATOSHIS ? spendable / 2n : STAGED_PAYMENT_SATOSHIS;
  if (amount === 0n)
    throw new InputError(`${payer} has no coins to pay the ${VICTIM_WALLET} with: wait for its rewards to mature`);

  const honest = devnet.running().find((node) => node !== attacker) ?? attacker;
  const txid = await attacker.send(payer, await merchant.newAddress(VICTIM_WALLET), amount);
  await hasInMempool(watch, honest, txid, PAYMENT_SPREAD_LIMIT_MS);
  const reward = await honest.newAddress(honest.state.wallets.at(-1) ?? "");
  const mined = await honest.generate(depth, reward);
  const tip = mined.at(-1);
  // Another miner may have built on it already: agreement is enough.
  await watch.until(() => sameTip(watch.tips), AGREEMENT_LIMIT_MS, `the nodes do not agree after block ${tip}`);
}
