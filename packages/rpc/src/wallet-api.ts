/** The wallets of a node as RPC calls see them; part of the NodeApi port. Amounts are bigint satoshis. */
import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { OutPoint, Transaction, TxOutput } from "@forkyard/core/tx";

export interface WalletsApi {
  /** Names of the wallets that are open. */
  names(): readonly string[];
  get(name: string): WalletApi | undefined;
  /** Makes a new wallet and opens it. @throws InputError when the name is taken or cannot be a file name */
  create(name: string, options: { readonly passphrase?: string }): Promise<WalletApi>;
}

export type AddressKind = "bech32" | "legacy";

export interface WalletApi {
  readonly name: string;
  balances(): WalletBalances;
  /** A fresh address; its index is on disk before it is given out. */
  newAddress(kind: AddressKind): Promise<string>;
  /** Unspent outputs of the wallet, unconfirmed and immature ones included. */
  coins(): readonly WalletCoin[];
  /** Every transaction that touches the wallet, oldest first; conflicted and reversed ones stay in the list. */
  transactions(): readonly WalletTransaction[];
  transaction(txid: Txid): WalletTransaction | undefined;
  /** The key behind one of the wallet's own output scripts; undefined for scripts of others. */
  ownKey(scriptPubKey: Uint8Array): WalletKey | undefined;
  /** Pays, submits to the mempool and announces. @throws InputError when short of coins, RuleError when the mempool refuses */
  send(payment: PaymentRequest): Promise<PaymentResult>;
  /** The same without submitting or announcing: the coins count as spent. @throws InputError when short of coins */
  sign(payment: PaymentRequest): Promise<PaymentResult>;
  /** A transaction that spends the inputs of `txid` back to the payer; it is not submitted. @throws InputError unless the wallet made `txid` */
  doubleSpend(txid: Txid): Promise<PaymentResult>;
}

export interface WalletBalances {
  /** Confirmed, and unconfirmed change of own payments. */
  readonly confirmed: bigint;
  /** Unconfirmed from others. */
  readonly unconfirmed: bigint;
  /** Coinbase outputs too young to be spent. */
  readonly immature: bigint;
}

export interface WalletCoin {
  readonly outPoint: OutPoint;
  readonly output: TxOutput;
  readonly coinbase: boolean;
  /** Height of its block; undefined while unconfirmed. */
  readonly height?: number;
  /** May be spent now: confirmed and mature, or own change. */
  readonly spendable: boolean;
}

/** A transaction in the eyes of one wallet. */
export interface WalletTransaction {
  readonly tx: Transaction;
  /** When the wallet first saw it, in milliseconds since 1970. */
  readonly timeMs: number;
  /** Where it is mined on the active chain; undefined when it is not. */
  readonly block?: { readonly hash: BlockHash; readonly height: number; readonly index: number };
  readonly inMempool: boolean;
  /** Outputs of the spent coins, by input; undefined for inputs that are not the wallet's. */
  readonly ownInputs: readonly (TxOutput | undefined)[];
  /** Other transactions known to the wallet that spend one of its inputs. */
  readonly conflicts: readonly Txid[];
}

export interface WalletKey {
  readonly publicKey: Uint8Array;
  readonly isChange: boolean;
}

export interface PaymentRequest {
  readonly to: Uint8Array;
  readonly amount: bigint;
  /** Satoshis per virtual byte; the wallet's own choice when absent. */
  readonly feeRate?: number;
  /** Take the fee out of the amount instead of adding it. */
  readonly subtractFee: boolean;
}

export interface PaymentResult {
  readonly tx: Transaction;
  readonly fee: bigint;
}
