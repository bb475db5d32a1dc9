import { addressOf } from "@forkyard/core/address";
import type { Txid } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { TxOutput } from "@forkyard/core/tx";
import type { PaymentEvent } from "@forkyard/rpc/schema/events";
import type { Wallet } from "@forkyard/wallet/wallet";

/**
 * What a transaction means to one wallet, for people: coins sent to others, or received from others. Undefined for
 * coinbases and for what the wallet does not know.
 */
export function paymentEvent(
  name: string,
  wallet: Wallet,
  txid: Txid,
  status: PaymentEvent["status"],
  params: NetworkParams,
): PaymentEvent | undefined {
  const known = wallet.transaction(txid);
  if (known === undefined || known.tx.isCoinbase) return undefined;
  const isOwn = (output: TxOutput): boolean => wallet.ownKey(output.scriptPubKey) !== undefined;
  const sent = known.ownInputs.some((output) => output !== undefined);
  const outputs = known.tx.outputs.filter((output) => isOwn(output) !== sent);
  const [first] = outputs;
  return {
    type: "payment",
    wallet: name,
    txid,
    direction: sent ? "sent" : "received",
    amount: Number(outputs.reduce((sum, { value }) => sum + value, 0n)),
    address: (first && addressOf(first.scriptPubKey, params.addresses)) ?? null,
    status,
  };
}
