import { addressOf } from "@forkyard/core/address";
import type { Block } from "@forkyard/core/block";
import type { Coin, CoinChange } from "@forkyard/core/coins";
import { assert, InputError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { type OutPoint, outPointKey, type Transaction, type TransactionFields, type TxOutput } from "@forkyard/core/tx";
import { KeyChain } from "./keys/key-chain.ts";
import { FIRST_KEYS, type KeyBranch, type KeyIndexes } from "./keys/key-path.ts";
import { KeyRing, type OwnScript } from "./keys/key-ring.ts";
import { History, type Sighting, type WalletTransaction } from "./ledger/history.ts";
import { Ledger, type Relevance } from "./ledger/ledger.ts";
import type { OwnCoin } from "./ledger/own-coin.ts";
import { planReplacement } from "./payment/double-spend.ts";
import {
  checkPlan,
  checkRequest,
  type PayingCoin,
  type Payment,
  type PaymentPlan,
  type PaymentRequest,
  planPayment,
  unsignedPayment,
} from "./payment/payment.ts";
import { shortOfCoins } from "./payment/shortage.ts";
import { signTransaction } from "./signing/sign-transaction.ts";
import { spendTemplate } from "./signing/spend-template.ts";

export type AddressKind = "bech32" | "legacy";

/** Satoshis, by when they can be spent. Inputs of unconfirmed own payments count nowhere: they are on their way. */
export interface WalletBalance {
  /** Spendable now: confirmed and mature, and the unconfirmed change of own payments. */
  readonly confirmed: bigint;
  /** Unconfirmed from others, and whatever stands on it. */
  readonly unconfirmed: bigint;
  /** Coinbase outputs too young to be spent. */
  readonly immature: bigint;
}

export interface WalletCoin extends OwnCoin {
  readonly spendable: boolean;
}

/** What an event meant to the wallet. */
export interface WalletChange {
  /** Transactions whose standing changed, in order. */
  readonly touched: readonly Txid[];
  /** Unconfirmed transactions that were made impossible by others. */
  readonly conflicted: readonly Txid[];
}

export interface WalletOptions {
  readonly params: NetworkParams;
  readonly keys: KeyChain;
  /** Index of the key that comes next on each branch; all 0 for a new wallet. */
  readonly nextKeys?: KeyIndexes;
  /** Keys below these indexes may be given out; no limit when no key file has to be written first. */
  readonly allowedKeys?: KeyIndexes;
}

const NOTHING: WalletChange = { touched: [], conflicted: [] };
const BRANCH_OF: Readonly<Record<AddressKind, KeyBranch>> = { bech32: "receive", legacy: "legacy" };

/**
 * A wallet without clock, disk or randomness: it is told what happens to chain and mempool and answers with coins,
 * balances and signed payments. The chain's news must come in order: each block once when it is connected and once when
 * it is disconnected, each transaction when it enters the mempool and when it leaves it (a mined one need not be named).
 */
export class Wallet {
  readonly #params: NetworkParams;
  readonly #keys: KeyChain;
  readonly #ring: KeyRing;
  readonly #ledger: Ledger;
  readonly #history = new History();
  #height = 0;

  constructor(options: WalletOptions) {
    this.#params = options.params;
    this.#keys = options.keys;
    this.#ring = new KeyRing(options.keys, options.nextKeys ?? FIRST_KEYS, options.allowedKeys);
    this.#ledger = new Ledger((scriptPubKey) => this.#ring.ownerOf(scriptPubKey));
  }

  /** A wallet with all keys of a seed (16 to 64 bytes) and no key file. */
  static fromSeed(seed: Uint8Array, params: NetworkParams): Wallet {
    return new Wallet({ params, keys: new KeyChain(seed, params.name) });
  }

  // Keys and addresses

  /** An address never given out before. With a key file, ask `WalletService` instead: it writes the index down first. */
  newAddress(kind: AddressKind = "bech32"): string {
    return this.#addressOf(this.#ring.issue(BRANCH_OF[kind]));
  }

  /** True when the next key of the branch may be given out: its index is on disk. */
  canIssueKey(branch: KeyBranch): boolean {
    return this.#ring.canIssue(branch);
  }

  /** Told that keys below these indexes are on disk as given out. */
  allowKeys(persisted: KeyIndexes): void {
    this.#ring.allow(persisted);
  }

  /** Index of the key that comes next on each branch. */
  nextKeys(): KeyIndexes {
    return this.#ring.next();
  }

  /** Every output script that the wallet watches for, some not given out yet. */
  scripts(): readonly Uint8Array[] {
    return this.#ring.scripts().map((own) => own.scriptPubKey);
  }

  /** The key behind one of the wallet's scripts; undefined for scripts of others. */
  ownKey(scriptPubKey: Uint8Array): OwnScript | undefined {
    return this.#ring.ownerOf(scriptPubKey);
  }

  // News of the chain and the mempool

  /** Height of the last block told of. */
  get height(): number {
    return this.#height;
  }

  /** A start from the set of coins: call {@link addCoin} for all of them, then this. Earlier history stays unknown. */
  startAt(height: number): void {
    this.#height = height;
  }

  /** Puts in a coin of the chain's set when it is the wallet's; returns whether it is. */
  addCoin(outPoint: OutPoint, coin: Coin): boolean {
    const owner = this.#ledger.addConfirmed(outPoint, coin);
    if (owner !== undefined) this.#ring.markUsed(owner.path);
    return owner !== undefined;
  }

  blockConnected(block: Block, height: number): WalletChange {
    assert(height === this.#height + 1, `wallet at height ${this.#height} told of a block at ${height}`);
    this.#height = height;
    const touched: Txid[] = [];
    const conflicted: Txid[] = [];
    for (const [index, tx] of block.txs.entries()) {
      const found = this.#ledger.confirm(tx, height);
      if (found === undefined) continue;
      const timeMs = block.header.time * 1000;
      this.#note(
        { tx, timeMs, ownInputs: found.ownInputs, block: { hash: block.hash, height, index }, inMempool: false },
        found,
      );
      touched.push(tx.txid);
      conflicted.push(...found.conflicted);
    }
    return { touched, conflicted };
  }

  /**
   * Takes the last block back.
   * @param spent the block's undo data (`BlockDelta.spent`): the wallet may have started after those coins were spent
   */
  blockDisconnected(block: Block, height: number, spent: readonly CoinChange[]): WalletChange {
    assert(height === this.#height, `wallet at height ${this.#height} told to take back a block at ${height}`);
    this.#height = height - 1;
    for (const tx of block.txs) this.#ledger.unconfirm(tx);
    for (const { outPoint, coin } of spent) this.addCoin(outPoint, coin);
    const touched = block.txs.map((tx) => tx.txid).filter((txid) => this.#history.unmined(txid));
    return { touched, conflicted: [] };
  }

  /** @param nowMs milliseconds since 1970, for the history */
  mempoolAdded(tx: Transaction, nowMs: number): WalletChange {
    const found = this.#ledger.add(tx);
    if (found === undefined) return NOTHING;
    this.#note({ tx, timeMs: nowMs, ownInputs: found.ownInputs, inMempool: true }, found);
    return { touched: [tx.txid], conflicted: found.conflicted };
  }

  /** The transaction left the mempool unmined, or an own payment was refused there: the coins it spends are free again. */
  mempoolRemoved(txid: Txid): WalletChange {
    if (!this.#ledger.remove(txid)) return NOTHING;
    this.#history.leftMempool(txid);
    return { touched: [txid], conflicted: [] };
  }

  // What there is

  balance(): WalletBalance {
    const sums = { confirmed: 0n, unconfirmed: 0n, immature: 0n };
    for (const coin of this.#ledger.coins()) {
      if (this.#ledger.isReserved(coin)) continue;
      const kind = this.#isSpendable(coin) ? "confirmed" : coin.height === undefined ? "unconfirmed" : "immature";
      sums[kind] += coin.output.value;
    }
    return sums;
  }

  /** Unspent outputs: the ones that waiting payments spend are left out. */
  coins(): readonly WalletCoin[] {
    const unspent = [...this.#ledger.coins()].filter((coin) => !this.#ledger.isReserved(coin));
    return unspent.map((coin) => ({ ...coin, spendable: this.#isSpendable(coin) }));
  }

  /** The history, oldest first. */
  transactions(): readonly WalletTransaction[] {
    return this.#history.list();
  }

  transaction(txid: Txid): WalletTransaction | undefined {
    return this.#history.get(txid);
  }

  // Payments

  /**
   * Builds and signs a payment and sets its coins aside; tell {@link mempoolRemoved} when it was not submitted after all.
   * Confirmed coins are used as long as they are enough, unconfirmed change of own payments after that.
   * @throws InputError when short of coins, and for amounts, recipients and fee rates that cannot be
   */
  pay(request: PaymentRequest, nowMs: number): Payment {
    checkRequest(request);
    const change = this.#ring.peek("change");
    const plan = this.#plan(request, change.scriptPubKey);
    checkPlan(plan, request.to);
    const unsigned = unsignedPayment(plan, request, change.scriptPubKey);
    const spent = plan.coins.map(({ coin }) => coin.output);
    const tx = this.#sign(unsigned, spent);
    if (plan.change > 0n) this.#ring.issue("change");
    const found = this.#ledger.add(tx) as Relevance;
    this.#note({ tx, timeMs: nowMs, ownInputs: found.ownInputs, inMempool: false }, found);
    return { tx, fee: plan.fee, change: plan.change };
  }

  /**
   * The double spend of an own payment: the same inputs, everything to a fresh address of this wallet. It changes nothing
   * in the wallet: which of the two holds, chain and mempool will tell.
   * @param spent the outputs that `original` spends, by input; needed only for payments older than the history
   * @param feeRate satoshis a virtual byte; without it, what replaces the original in a mempool
   * @throws InputError unless all inputs are the wallet's
   */
  replaceToSelf(original: Transaction, spent?: readonly TxOutput[], feeRate?: number): Payment {
    const known = this.#history.get(original.txid)?.ownInputs;
    const outputs = original.inputs.flatMap(({ prevout }, index) => {
      const output = spent?.[index] ?? known?.[index] ?? this.#ledger.coin(prevout)?.output;
      return output !== undefined && this.#ring.ownerOf(output.scriptPubKey) !== undefined ? output : [];
    });
    if (outputs.length !== original.inputs.length) {
      throw new InputError(`this wallet did not make ${original.txid}: only its payer can spend the same coins again`);
    }
    const plan = planReplacement(original, outputs, this.#ring.peek("change").scriptPubKey, feeRate);
    const tx = this.#sign(plan.unsigned, outputs);
    this.#ring.issue("change");
    return { tx, fee: plan.fee, change: 0n };
  }

  #plan(request: PaymentRequest, changeScript: Uint8Array): PaymentPlan {
    const spendable: PayingCoin[] = [...this.#ledger.coins()]
      .filter((coin) => !this.#ledger.isReserved(coin) && this.#isSpendable(coin))
      .map((coin) => ({
        id: outPointKey(coin.outPoint),
        value: coin.output.value,
        template: spendTemplate(coin.output.scriptPubKey),
        coin,
      }));
    const confirmed = spendable.filter(({ coin }) => coin.height !== undefined);
    const plan = planPayment(confirmed, request, changeScript) ?? planPayment(spendable, request, changeScript);
    if (plan === undefined) throw shortOfCoins(request, spendable, { ...this.balance(), reserved: this.#reserved() });
    return plan;
  }

  #sign(unsigned: TransactionFields, spent: readonly TxOutput[]): Transaction {
    const inputs = spent.map((output) => {
      const owner = this.#ring.ownerOf(output.scriptPubKey) as OwnScript;
      return { output, privateKey: this.#keys.privateKey(owner.path) };
    });
    return signTransaction(unsigned, inputs);
  }

  #note(sighting: Sighting, found: Relevance): void {
    this.#history.record(sighting);
    for (const owner of found.paidTo) this.#ring.markUsed(owner.path);
    for (const txid of found.conflicted) this.#history.leftMempool(txid);
  }

  /** Mature in the next block, or change of an own payment. */
  #isSpendable(coin: OwnCoin): boolean {
    if (coin.height === undefined) return this.#ledger.isOwnPayment(coin.outPoint.txid);
    return !coin.coinbase || this.#height + 1 - coin.height >= this.#params.coinbaseMaturity;
  }

  #reserved(): bigint {
    return [...this.#ledger.coins()]
      .filter((coin) => coin.height !== undefined && this.#ledger.isReserved(coin))
      .reduce((sum, coin) => sum + coin.output.value, 0n);
  }

  #addressOf(own: OwnScript): string {
    return addressOf(own.scriptPubKey, this.#params.addresses) as string;
  }
}
