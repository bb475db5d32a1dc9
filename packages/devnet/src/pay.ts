import { scriptOfAddress } from "@forkyard/core/address";
import { InputError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { parseCoins } from "@forkyard/core/units";
import { PAYMENT_MINED_LIMIT_MS, PAYMENT_SPREAD_LIMIT_MS } from "./limits.ts";
import { NetWatch } from "./observe/net-watch.ts";
import { hasInMempool } from "./observe/seen-transaction.ts";
import type { RemoteNode } from "./remote/remote-node.ts";
import type { RunningDevnet } from "./remote/running-devnet.ts";

export interface PayRequest {
  /** Name of a wallet. */
  readonly from: string;
  /** Name of a wallet, or an address. */
  readonly to: string;
  /** Whole coins, as typed: "1.5". */
  readonly amount: string;
  /** Wait until it is in a block, too. */
  readonly untilMined: boolean;
}

/** What `pay` answers; amounts are satoshis. */
export interface PayResult {
  readonly txid: string;
  readonly from: string;
  readonly to: string;
  /** What was paid to: `to` itself, or a fresh address of that wallet. */
  readonly address: string;
  readonly amount: number;
  readonly fee: number;
  /** Nodes that had it in their mempool. */
  readonly seenBy: readonly string[];
  /** Milliseconds until the last of them had it. */
  readonly milliseconds: number;
  /** With `untilMined`: the block. */
  readonly block?: { readonly height: number; readonly hash: string };
}

/**
 * Pays from a wallet, and waits until every node that can be reached has the transaction in its mempool.
 * @throws InputError for an unknown wallet, a bad address or amount; TimeLimitError when a node does not get it
 */
export async function pay(devnet: RunningDevnet, request: PayRequest): Promise<PayResult> {
  const amount = parseCoins(request.amount);
  if (amount === 0n) throw new InputError("nothing to pay: the amount is 0");
  const payer = devnet.walletHost(request.from);
  const address = await addressFor(devnet, request.to);
  const reachable = inReach(devnet, payer);
  const watch = new NetWatch(reachable);
  try {
    await watch.open();
    const started = performance.now();
    const txid = await payer.send(request.from, address, amount);
    await Promise.all(reachable.map((node) => hasInMempool(watch, node, txid, PAYMENT_SPREAD_LIMIT_MS)));
    const milliseconds = Math.round(performance.now() - started);
    const fee = await payer.feeOf(request.from, txid);
    const block = request.untilMined ? { block: await mined(watch, payer, request.from, txid) } : {};
    return {
      txid,
      from: request.from,
      to: request.to,
      address,
      amount: Number(amount),
      fee: Number(fee),
      seenBy: reachable.map((node) => node.name),
      milliseconds,
      ...block,
    };
  } finally {
    await watch.close();
  }
}

async function addressFor(devnet: RunningDevnet, to: string): Promise<string> {
  if (devnet.walletNames.includes(to)) return devnet.walletHost(to).newAddress(to);
  try {
    scriptOfAddress(to, networkByName(devnet.state.network).addresses);
    return to;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `${JSON.stringify(to)} is neither a wallet (${devnet.walletNames.join(", ")}) nor a ${devnet.state.network} address: ${error.message}`,
    );
  }
}

/** Running nodes on the payer's side of a partition, the payer's own among them. */
function inReach(devnet: RunningDevnet, payer: RemoteNode): readonly RemoteNode[] {
  const group = devnet.partition()?.find((members) => members.includes(payer.name)) ?? devnet.nodeNames;
  return devnet.running().filter((node) => group.includes(node.name));
}

/** Waits until the payer's node has it in a block. */
async function mined(
  watch: NetWatch,
  payer: RemoteNode,
  wallet: string,
  txid: string,
): Promise<{ height: number; hash: string }> {
  const deadline = performance.now() + PAYMENT_MINED_LIMIT_MS;
  for (;;) {
    const tip = watch.tips.get(payer.name);
    const left = Math.max(0, deadline - performance.now());
    const block = await payer.blockOf(wallet, txid);
    if (block !== undefined) return block;
    await watch.until(
      () => watch.tips.get(payer.name) !== tip,
      left,
      `${txid} was not mined within ${PAYMENT_MINED_LIMIT_MS / 1000} s`,
    );
  }
}
