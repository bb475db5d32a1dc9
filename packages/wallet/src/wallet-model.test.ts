import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptOfAddress } from "@forkyard/core/address";
import { InputError } from "@forkyard/core/errors";
import { outPointKey, type Transaction } from "@forkyard/core/tx";
import fc from "fast-check";
import { ModelNode } from "./testing/model-node.ts";
import { foreignOutPoint, plainTx, regtest } from "./testing/test-chain.ts";
import { Wallet, type WalletCoin } from "./wallet.ts";

const MATURITY = 3;
const params = { ...regtest, coinbaseMaturity: MATURITY };
const FOREIGN = scriptOfAddress("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", regtest.addresses);

/** One thing that happens; numbers pick among what there is at the time. */
type Step =
  | { kind: "receive"; value: bigint; outPoint: number; named: boolean }
  | { kind: "pay"; amount: bigint; submit: boolean }
  | { kind: "pay-back"; pick: number }
  | { kind: "double-spend"; pick: number; submit: boolean }
  | { kind: "mine"; own: boolean; pick: number; rivals: boolean }
  | { kind: "evict"; pick: number }
  | { kind: "reorganise"; depth: number };

const value = fc.bigInt(10_000n, 1_000_000n);
const pick = fc.nat(1_000);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("receive" as const), value, outPoint: fc.nat(30), named: fc.boolean() }),
  fc.record({ kind: fc.constant("pay" as const), amount: value, submit: fc.boolean() }),
  fc.record({ kind: fc.constant("pay-back" as const), pick }),
  fc.record({ kind: fc.constant("double-spend" as const), pick, submit: fc.boolean() }),
  fc.record({ kind: fc.constant("mine" as const), own: fc.boolean(), pick, rivals: fc.boolean() }),
  fc.record({ kind: fc.constant("evict" as const), pick }),
  fc.record({ kind: fc.constant("reorganise" as const), depth: fc.integer({ min: 1, max: 4 }) }),
);

class Run {
  readonly wallet = Wallet.fromSeed(new Uint8Array(32).fill(3), params);
  readonly node = new ModelNode(this.wallet, MATURITY);
  readonly #own = scriptOfAddress(this.wallet.newAddress(), params.addresses);
  readonly #payments: Transaction[] = [];
  readonly #rivals: Transaction[] = [];

  /** Some mature coins to begin with. */
  constructor() {
    for (let i = 0; i < MATURITY + 2; i++) this.take({ kind: "mine", own: true, pick: 0, rivals: false });
  }

  take(next: Step): void {
    switch (next.kind) {
      case "receive": {
        const output = { value: next.value, scriptPubKey: this.#own };
        return this.node.submit(plainTx([foreignOutPoint(next.outPoint)], [output]), next.named);
      }
      case "pay":
        return this.#pay(next.amount, next.submit);
      case "pay-back":
        return this.#payBack(next.pick);
      case "double-spend":
        return this.#doubleSpend(next.pick, next.submit);
      case "mine": {
        const scriptPubKey = next.own ? this.#own : FOREIGN;
        const waiting = [...this.node.mempool.values()].filter((_, index) => (next.pick >> (index % 10)) % 2 === 0);
        return this.node.mine({ value: 500_000n, scriptPubKey }, next.rivals ? [...this.#rivals, ...waiting] : waiting);
      }
      case "evict": {
        const txids = [...this.node.mempool.keys()];
        const txid = txids[next.pick % txids.length];
        return txid === undefined ? undefined : this.node.evict(txid);
      }
      case "reorganise":
        return this.node.reorganise(next.depth);
    }
  }

  /** Leaves nothing but the blocks to change the coins. */
  emptyMempool(): void {
    for (const txid of this.node.mempool.keys()) this.node.evict(txid);
  }

  #pay(amount: bigint, submit: boolean): void {
    const before = this.wallet.balance();
    try {
      const { tx, fee, change } = this.wallet.pay({ to: FOREIGN, amount }, 0);
      const spent = tx.inputs.map(({ prevout }) => this.#valueOf(outPointKey(prevout), tx));
      assert.equal(
        spent.reduce((sum, each) => sum + each, 0n),
        amount + fee + change,
      );
      this.#payments.push(tx);
      if (submit) return this.node.submit(tx, true);
      this.wallet.mempoolRemoved(tx.txid);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
    assert.deepEqual(this.wallet.balance(), before);
  }

  /** The recipient of an unconfirmed payment sends half of it back at once. */
  #payBack(index: number): void {
    const payment = this.#payments[index % this.#payments.length];
    if (payment === undefined || !this.node.mempool.has(payment.txid)) return;
    const half = (payment.outputs[0]?.value ?? 0n) / 2n;
    const outputs = [{ value: half, scriptPubKey: this.#own }];
    this.node.submit(plainTx([{ txid: payment.txid, vout: 0 }], outputs), true);
  }

  #doubleSpend(index: number, submit: boolean): void {
    const original = this.#payments[index % this.#payments.length];
    if (original === undefined) return;
    const { tx } = this.wallet.replaceToSelf(original);
    if (submit) this.node.submit(tx, true);
    else this.#rivals.push(tx);
  }

  #valueOf(key: string, tx: Transaction): bigint {
    const index = tx.inputs.findIndex(({ prevout }) => outPointKey(prevout) === key);
    return this.wallet.transaction(tx.txid)?.ownInputs[index]?.value as bigint;
  }
}

const coinNames = (coins: readonly WalletCoin[]): string[] =>
  coins.map((coin) => `${outPointKey(coin.outPoint)} ${coin.height} ${coin.spendable}`).toSorted();

test("whatever chain and mempool do, the wallet has what a fresh count of both gives", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 45 }), (steps) => {
      const run = new Run();
      for (const next of steps) {
        run.take(next);
        assert.deepEqual(run.wallet.balance(), run.node.balance());
      }
      const { confirmed, unconfirmed, immature } = run.wallet.balance();
      const listed = run.wallet.coins().reduce((sum, coin) => sum + coin.output.value, 0n);
      assert.equal(listed, confirmed + unconfirmed + immature);
    }),
    { numRuns: 60 },
  );
});

test("connecting blocks and taking them back leaves the coins as they were", () => {
  const amounts = fc.array(value, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), amounts, (steps, payments) => {
      const run = new Run();
      for (const next of steps) run.take(next);
      run.emptyMempool();
      const before = coinNames(run.wallet.coins());
      const height = run.node.chain.height;
      for (const amount of payments) {
        run.take({ kind: "pay", amount, submit: true });
        run.take({ kind: "mine", own: true, pick: 0, rivals: true });
      }
      run.node.reorganise(run.node.chain.height - height);
      run.emptyMempool();
      assert.deepEqual(coinNames(run.wallet.coins()), before);
    }),
    { numRuns: 40 },
  );
});
