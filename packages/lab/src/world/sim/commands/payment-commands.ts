import type { Transaction } from "@forkyard/core/tx";
import type { AnnounceCommand, CommandResult, DoubleSpendCommand, PayCommand } from "../../command.ts";
import type { BranchName, NodeName, PaymentName } from "../../world.ts";
import type { SecretBranch } from "../mining/secret-branch.ts";
import type { SimInside, SimPayment } from "../sim-inside.ts";
import type { SimWallet } from "../wallet/sim-wallet.ts";
import { Refusal, runningNode, walletOf } from "./refusal.ts";

export function pay(world: SimInside, command: PayCommand): CommandResult {
  const { payment, amount, feeRate, into } = command;
  refuseTakenName(world, payment);
  const payer = walletOf(world, command.from);
  const node = runningNode(world, payer.host);
  const branch = typeof into === "object" ? branchNamed(world, into.branch, payer.host) : undefined;
  const to = walletOf(world, command.to).nextScript();
  const request = { to, amount, ...(feeRate !== undefined && { feeRate }) };
  const { tx } = payer.wallet.pay(request, node.clock.nowMs());
  keep(world, payment, payer, tx, { amount, to: command.to });
  if (branch !== undefined) branch.add(tx);
  else if (into === undefined) submit(world, payer.host, tx, payer);
  return { ok: true, txid: tx.txid };
}

export function doubleSpend(world: SimInside, command: DoubleSpendCommand): CommandResult {
  const { payment, feeRate, into } = command;
  refuseTakenName(world, payment);
  const original = paymentNamed(world, command.of);
  const payer = walletOf(world, original.payer);
  const branch = typeof into === "object" && "branch" in into ? branchNamed(world, into.branch, payer.host) : undefined;
  const { tx } = payer.wallet.replaceToSelf(original.tx, undefined, feeRate);
  const amount = tx.outputs.reduce((sum, { value }) => sum + value, 0n);
  keep(world, payment, payer, tx, { amount, to: payer.name });
  if (branch !== undefined) branch.add(tx);
  else if (typeof into === "object" && "mempoolOf" in into) submit(world, into.mempoolOf, tx);
  return { ok: true, txid: tx.txid };
}

export function announce(world: SimInside, { payment, at }: AnnounceCommand): CommandResult {
  const { tx, txid } = paymentNamed(world, payment);
  submit(world, at, tx);
  return { ok: true, txid };
}

/** @param payer whose coins are free again when its own node refuses the payment */
function submit(world: SimInside, at: NodeName, tx: Transaction, payer?: SimWallet): void {
  try {
    runningNode(world, at).submitOwnTransaction(tx);
  } catch (error) {
    payer?.wallet.mempoolRemoved(tx.txid);
    throw error;
  }
}

function keep(
  world: SimInside,
  payment: PaymentName,
  payer: SimWallet,
  tx: Transaction,
  what: { readonly amount: bigint; readonly to: string },
): void {
  const { txid } = tx;
  world.payments.set(payment, { tx, txid, payer: payer.name });
  world.tell(payer.host, { type: "payment", payment, txid, from: payer.name, ...what });
}

function refuseTakenName(world: SimInside, payment: PaymentName): void {
  if (world.payments.has(payment)) throw new Refusal(`there is a payment ${payment} already`);
}

function paymentNamed(world: SimInside, name: PaymentName): SimPayment {
  const payment = world.payments.get(name);
  if (payment === undefined) throw new Refusal(`there is no payment ${name}`);
  return payment;
}

/** The payer's own branch of that name, or else anybody's. */
function branchNamed(world: SimInside, name: BranchName, payerHost: NodeName): SecretBranch {
  const own = world.hosts.get(payerHost)?.miner.branch(name);
  if (own !== undefined) return own;
  for (const { miner } of world.hosts.values()) {
    const branch = miner.branch(name);
    if (branch !== undefined) return branch;
  }
  throw new Refusal(`nobody keeps a branch ${name}`);
}
