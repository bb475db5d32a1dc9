import { InputError } from "@forkyard/core/errors";
import { AGREEMENT_LIMIT_MS, PAYMENT_SPREAD_LIMIT_MS, STAGED_PAYMENT_SATOSHIS } from "../limits.ts";
import type { NetWatch } from "../observe/net-watch.ts";
import { sameTip } from "../observe/same-tip.ts";
import { hasInMempool } from "../observe/seen-transaction.ts";
import type { RemoteNode } from "../remote/remote-node.ts";
import type { RunningDevnet } from "../remote/running-devnet.ts";
import { chooseVictim, type Payment, VICTIM_WALLET } from "./choose-victim.ts";
import { requireDepth } from "./parse-depth.ts";
import { paymentsBetweenWallets } from "./payments.ts";

/** What has to happen before a payment is `depth` deep. */
interface Burial {
  readonly payment: Payment;
  /** Blocks still to be mined. */
  readonly missing: number;
}

/**
 * Sees to it that a payment between two wallets is confirmed exactly `depth` deep, as a shop would wait for: one in the
 * last `depth` blocks, else one that waits in the mempool, else one made now. An honest node mines what is missing on
 * top, at full power.
 * @param say told what is done, for a person who waits
 * @returns whether the payment was made for this
 */
export async function buryPayment(
  devnet: RunningDevnet,
  watch: NetWatch,
  attacker: RemoteNode,
  depth: number,
  say: (line: string) => void,
): Promise<{ readonly staged: boolean }> {
  const found = (await burialInChain(devnet, attacker, depth)) ?? (await burialInMempool(devnet, attacker, depth));
  if (found === undefined) {
    say(`no payment between wallets in the last ${depth} blocks: ${attacker.name} pays the ${VICTIM_WALLET} now`);
    await payMerchant(devnet, watch, attacker);
  }
  const missing = found === undefined ? depth : found.missing;
  if (missing > 0) {
    say(`${missing} ${missing === 1 ? "block is" : "blocks are"} mined so that the payment is ${depth} deep`);
    await mineHonestly(devnet, watch, attacker, missing);
  }
  return { staged: found === undefined };
}

async function burialInChain(devnet: RunningDevnet, attacker: RemoteNode, depth: number): Promise<Burial | undefined> {
  const { height, tip } = await attacker.status();
  requireDepth(depth, height);
  const blocks = await attacker.blocksAbove(height - depth, tip);
  const payment = chooseVictim(blocks, await paymentsBetweenWallets(devnet));
  const index = blocks.findIndex((block) => block.txs.some((tx) => tx.txid === payment?.txid));
  return payment === undefined ? undefined : { payment, missing: index };
}

async function burialInMempool(
  devnet: RunningDevnet,
  attacker: RemoteNode,
  depth: number,
): Promise<Burial | undefined> {
  const waiting = new Set(await attacker.mempool());
  const payments = (await paymentsBetweenWallets(devnet)).filter(({ txid }) => waiting.has(txid));
  const payment = payments.find(({ receiver }) => receiver === VICTIM_WALLET) ?? payments[0];
  return payment === undefined ? undefined : { payment, missing: depth };
}

async function payMerchant(devnet: RunningDevnet, watch: NetWatch, attacker: RemoteNode): Promise<void> {
  const payer = attacker.state.wallets.at(-1) ?? "";
  const { spendable } = await attacker.balances(payer);
  const amount = spendable / 2n < STAGED_PAYMENT_SATOSHIS ? spendable / 2n : STAGED_PAYMENT_SATOSHIS;
  if (amount === 0n) {
    throw new InputError(`${payer} has no coins to pay the ${VICTIM_WALLET} with: wait for its rewards to mature`);
  }
  const address = await devnet.walletHost(VICTIM_WALLET).newAddress(VICTIM_WALLET);
  const txid = await attacker.send(payer, address, amount);
  await hasInMempool(watch, honestNode(devnet, attacker), txid, PAYMENT_SPREAD_LIMIT_MS);
}

async function mineHonestly(
  devnet: RunningDevnet,
  watch: NetWatch,
  attacker: RemoteNode,
  blocks: number,
): Promise<void> {
  const honest = honestNode(devnet, attacker);
  const reward = await honest.newAddress(honest.state.wallets.at(-1) ?? "");
  const tip = (await honest.generate(blocks, reward)).at(-1);
  // Another miner may have built on it already: agreement is enough.
  await watch.until(() => sameTip(watch.tips), AGREEMENT_LIMIT_MS, `the nodes do not agree after block ${tip}`);
}

function honestNode(devnet: RunningDevnet, attacker: RemoteNode): RemoteNode {
  return devnet.running().find((node) => node !== attacker) ?? attacker;
}
