import { assert, InputError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import type { Transaction, TxOutput } from "@forkyard/core/tx";
import type { AddressKind, PaymentRequest, PaymentResult, WalletApi, WalletsApi } from "@forkyard/rpc/wallet-api";
import type { WalletService } from "@forkyard/wallet/wallet-service";
import { DEFAULT_FEE_RATE } from "../limits.ts";
import type { Node } from "../node.ts";
import { findConfirmed } from "../wallets/find-confirmed.ts";

/** The wallets of a node as RPC sees them. */
export function walletsApi(node: Node): WalletsApi {
  return {
    names: () => node.wallets.names(),
    get: (name: string) => {
      const service = node.wallets.get(name);
      return service === undefined ? undefined : walletApi(node, name, service);
    },
    create: async (name: string, { passphrase }: { readonly passphrase?: string }) =>
      walletApi(node, name, await node.wallets.create(name, passphrase)),
  };
}

function walletApi(node: Node, name: string, service: WalletService): WalletApi {
  const { wallet } = service;
  return {
    name,
    balances: () => wallet.balance(),
    newAddress: (kind: AddressKind) => service.newAddress(kind),
    coins: () => wallet.coins().map(({ height, ...coin }) => (height === undefined ? coin : { ...coin, height })),
    transactions: () => wallet.transactions(),
    transaction: (txid: Txid) => wallet.transaction(txid),
    ownKey: (scriptPubKey: Uint8Array) => {
      const own = wallet.ownKey(scriptPubKey);
      return own && { publicKey: own.publicKey, isChange: own.path.branch === "change" };
    },
    send: (payment: PaymentRequest) => send(node, service, payment),
    sign: (payment: PaymentRequest) => sign(service, payment),
    doubleSpend: (txid: Txid) => doubleSpend(node, service, txid),
  };
}

function sign(service: WalletService, payment: PaymentRequest): Promise<PaymentResult> {
  const { to, amount, feeRate = DEFAULT_FEE_RATE, subtractFee } = payment;
  return service.pay({ to, amount, feeRate, subtractFee });
}

async function send(node: Node, service: WalletService, payment: PaymentRequest): Promise<PaymentResult> {
  const { tx, fee } = await sign(service, payment);
  try {
    const result = node.submitOwnTransaction(tx);
    assert(result.status === "accepted", "a payment spends coins that are there");
  } catch (error) {
    service.wallet.mempoolRemoved(tx.txid);
    throw error;
  }
  return { tx, fee };
}

/** Looks for the payment in the wallet's history, then in the chain: a wallet that was restarted has forgotten old ones. */
async function doubleSpend(node: Node, service: WalletService, txid: Txid): Promise<PaymentResult> {
  const known = service.wallet.transaction(txid)?.tx ?? node.mempool.get(txid)?.tx;
  const confirmed = findConfirmed(node.chain, node.store, txid);
  const tx: Transaction | undefined = known ?? confirmed?.tx;
  if (tx === undefined) throw new InputError(`there is no transaction ${txid} in this wallet or in the last blocks`);
  const spent: readonly TxOutput[] | undefined = confirmed?.spent;
  return service.replaceToSelf(tx, spent);
}
