import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { addressOf, scriptOfAddress } from "@forkyard/core/address";
import { toHex } from "@forkyard/core/bytes/bytes";
import { AssertionFault, InputError } from "@forkyard/core/errors";
import { payToPublicKey, payToPublicKeyHash } from "@forkyard/core/script/templates";
import { Transaction, type TxInput, type TxOutput } from "@forkyard/core/tx";
import { COIN } from "@forkyard/core/units";
import type { OwnScript } from "./keys/key-ring.ts";
import { isSignature } from "./keys/secp256k1.ts";
import { MAX_UNCONFIRMED_ANCESTORS } from "./limits.ts";
import { segwitDigests } from "./signing/segwit-digest.ts";
import { compactOfDer } from "./testing/der-signature.ts";
import { coinbaseTx, foreignOutPoint, plainTx, regtest, TestChain } from "./testing/test-chain.ts";
import { type AddressKind, Wallet } from "./wallet.ts";

const NOW_MS = 1_800_000_000_000;
const SUBSIDY = 50n * COIN;
const { addresses, coinbaseMaturity } = regtest;

/** A wallet on a chain, with the shortest words for what happens to it. */
class World {
  readonly chain = new TestChain();
  readonly wallet: Wallet;
  #tag = 0;

  constructor(seedByte = 1) {
    this.wallet = Wallet.fromSeed(new Uint8Array(32).fill(seedByte), regtest);
  }

  script(kind?: AddressKind): Uint8Array {
    return scriptOfAddress(this.wallet.newAddress(kind), addresses);
  }

  /** Somebody pays the wallet. */
  incoming(value: bigint, scriptPubKey: Uint8Array = this.script()): Transaction {
    return plainTx([foreignOutPoint(this.#tag++)], [{ value, scriptPubKey }]);
  }

  mine(...txs: readonly Transaction[]): void {
    this.mineTo(FOREIGN, ...txs);
  }

  mineTo(scriptPubKey: Uint8Array, ...txs: readonly Transaction[]): void {
    const block = this.chain.connect([coinbaseTx(this.#tag++, [{ value: SUBSIDY, scriptPubKey }]), ...txs]);
    this.wallet.blockConnected(block, this.chain.height);
  }

  takeBack(): void {
    const { block, height, spent } = this.chain.disconnect();
    this.wallet.blockDisconnected(block, height, spent);
  }

  pay(amount: bigint, options: { feeRate?: number; subtractFee?: boolean } = {}): ReturnType<Wallet["pay"]> {
    return this.wallet.pay({ to: FOREIGN, amount, ...options }, NOW_MS);
  }

  /** confirmed, unconfirmed, immature */
  get balance(): readonly [bigint, bigint, bigint] {
    const { confirmed, unconfirmed, immature } = this.wallet.balance();
    return [confirmed, unconfirmed, immature];
  }
}

const FOREIGN = scriptOfAddress("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", addresses);

describe("balance", () => {
  test("a coinbase counts as immature until the next block may spend it", () => {
    const world = new World();
    world.mineTo(world.script());
    assert.deepEqual(world.balance, [0n, 0n, SUBSIDY]);
    for (let i = 1; i < coinbaseMaturity - 1; i++) world.mine();
    assert.deepEqual(world.balance, [0n, 0n, SUBSIDY]);
    assert.throws(() => world.pay(COIN), /50\.00000000 more is immature/);
    world.mine();
    assert.deepEqual(world.balance, [SUBSIDY, 0n, 0n]);
    world.takeBack();
    assert.deepEqual(world.balance, [0n, 0n, SUBSIDY]);
  });

  test("a payment from somebody is unconfirmed, then confirmed, and goes with its block", () => {
    const world = new World();
    const tx = world.incoming(COIN);
    world.wallet.mempoolAdded(tx, NOW_MS);
    assert.deepEqual(world.balance, [0n, COIN, 0n]);
    assert.throws(() => world.pay(COIN / 2n), /1\.00000000 more is unconfirmed/);
    world.mine(tx);
    assert.deepEqual(world.balance, [COIN, 0n, 0n]);
    assert.deepEqual(world.wallet.mempoolRemoved(tx.txid).touched, []);
    world.takeBack();
    assert.deepEqual(world.balance, [0n, 0n, 0n]);
    world.wallet.mempoolAdded(tx, NOW_MS);
    assert.deepEqual(world.balance, [0n, COIN, 0n]);
    world.wallet.mempoolRemoved(tx.txid);
    assert.deepEqual(world.balance, [0n, 0n, 0n]);
  });

  test("coins spent before the wallet started come back with their block's undo data", () => {
    const world = new World();
    const tx = world.incoming(COIN);
    world.mine(tx);
    const { tx: payment } = world.pay(COIN / 4n);
    world.mine(payment);
    const late = Wallet.fromSeed(new Uint8Array(32).fill(1), regtest);
    for (const { outPoint, coin } of world.chain.coins()) late.addCoin(outPoint, coin);
    late.startAt(world.chain.height);
    assert.deepEqual(late.balance(), world.wallet.balance());
    const { block, height, spent } = world.chain.disconnect();
    late.blockDisconnected(block, height, spent);
    assert.equal(late.balance().confirmed, COIN);
    assert.deepEqual(late.nextKeys(), { receive: 1, change: 1, legacy: 0 });
  });

  test("P2PKH and P2PK outputs of its legacy keys are the wallet's too, and it can spend them", () => {
    const world = new World();
    const legacy = world.script("legacy");
    const publicKey = world.wallet.ownKey(legacy)?.publicKey as Uint8Array;
    world.mine(world.incoming(COIN, legacy), world.incoming(COIN, payToPublicKey(publicKey)));
    assert.deepEqual(world.balance, [2n * COIN, 0n, 0n]);
    const { tx, fee } = world.pay(2n * COIN, { subtractFee: true });
    assert.equal(tx.inputs.length, 2);
    assert.ok(!tx.hasWitness);
    assert.ok(fee >= BigInt(tx.virtualSize) && tx.outputs[0]?.value === 2n * COIN - fee);
  });

  test("news out of order is the node's mistake", () => {
    const world = new World();
    const block = world.chain.connect([coinbaseTx(1, [])]);
    assert.throws(() => world.wallet.blockConnected(block, 2), AssertionFault);
    assert.throws(() => world.wallet.blockDisconnected(block, 1, []), AssertionFault);
  });
});

describe("payment", () => {
  test("pays exactly, signs for replacement, and gets its change back to a fresh change key", () => {
    const world = new World();
    const received = world.incoming(COIN);
    world.mine(received);
    const { tx, fee, change } = world.pay(COIN / 4n, { feeRate: 3 });
    assert.deepEqual(tx.outputs[0], { value: COIN / 4n, scriptPubKey: FOREIGN });
    assert.equal(COIN, COIN / 4n + fee + change);
    assert.equal(fee, 3n * 141n);
    assert.ok(tx.virtualSize <= 141);
    const [, back] = tx.outputs as [TxOutput, TxOutput];
    assert.equal(back.value, change);
    assert.deepEqual(world.wallet.ownKey(back.scriptPubKey)?.path, { branch: "change", index: 0 });
    assert.deepEqual([tx.version, tx.lockTime, tx.inputs[0]?.sequence], [2, 0, 0xfffffffd]);
    assert.equal(world.wallet.transaction(tx.txid)?.inMempool, false);
    world.wallet.mempoolAdded(tx, NOW_MS + 1);
    assert.equal(world.wallet.transaction(tx.txid)?.inMempool, true);
    assert.equal(world.wallet.transaction(tx.txid)?.timeMs, NOW_MS);
    assert.deepEqual(world.balance, [change, 0n, 0n]);
    world.mine(tx);
    assert.deepEqual(world.balance, [change, 0n, 0n]);
    assert.equal(Transaction.fromBytes(tx.encode()).txid, tx.txid);
  });

  test("its witness holds a valid signature of the key that was paid", () => {
    const world = new World();
    world.mine(world.incoming(COIN));
    const { tx } = world.pay(COIN / 4n);
    const [{ witness }] = tx.inputs as [TxInput];
    const [signature, publicKey] = witness as [Uint8Array, Uint8Array];
    const own = world.wallet.ownKey(scriptOfAddress(firstAddress(), addresses)) as OwnScript;
    assert.equal(toHex(publicKey), toHex(own.publicKey));
    const scriptCode = payToPublicKeyHash(own.scriptPubKey.subarray(2));
    const digest = segwitDigests(tx)(0, scriptCode, COIN);
    assert.ok(isSignature(compactOfDer(signature), digest, publicKey));
  });

  test("coins of a payment are set aside until it is mined or given up", () => {
    const world = new World();
    world.mine(world.incoming(COIN), world.incoming(COIN));
    const first = world.pay(COIN / 2n);
    const second = world.pay(COIN / 2n);
    const spent = [first, second].map(({ tx }) => tx.inputs[0]?.prevout.txid);
    assert.equal(new Set(spent).size, 2);
    world.wallet.mempoolRemoved(second.tx.txid);
    assert.equal(world.balance[0], first.change + COIN);
    assert.equal(world.pay(COIN / 2n).tx.inputs[0]?.prevout.txid, spent[1]);
  });

  test("unconfirmed change is spent when nothing else is left, but not on too long a chain", () => {
    const world = new World();
    world.mine(world.incoming(COIN));
    for (let i = 0; i <= MAX_UNCONFIRMED_ANCESTORS; i++) world.pay(100_000n);
    assert.equal(world.balance[0], 0n);
    assert.throws(() => world.pay(100_000n), /more is unconfirmed/);
    world.wallet.mempoolAdded(world.incoming(COIN), NOW_MS);
    assert.throws(() => world.pay(100_000n), InputError);
  });

  test("change that stands on a payment from others is not spent", () => {
    const world = new World();
    const tx = world.incoming(COIN);
    world.mine(tx);
    const { change } = world.pay(COIN / 2n);
    assert.equal(world.balance[0], change);
    world.takeBack();
    world.wallet.mempoolAdded(tx, NOW_MS);
    assert.deepEqual(world.balance, [0n, change, 0n]);
  });

  test("change below dust goes to the miner", () => {
    const world = new World();
    world.mine(world.incoming(100_000n));
    const { tx, fee, change } = world.pay(99_600n, { feeRate: 1 });
    assert.equal(tx.outputs.length, 1);
    assert.deepEqual([change, fee], [0n, 400n]);
    assert.equal(world.wallet.nextKeys().change, 0);
  });

  test("what cannot be paid is refused in one line that says why, and nothing is set aside", () => {
    const world = new World();
    world.mine(world.incoming(COIN));
    const to = FOREIGN;
    const cases: [Parameters<Wallet["pay"]>[0], RegExp][] = [
      [{ to, amount: 0n }, /more than nothing/],
      [{ to, amount: -1n }, /cannot pay -0\.00000001/],
      [{ to, amount: 22_000_000n * COIN }, /21000000\.00000000 coins in all/],
      [{ to, amount: 293n }, /below 0\.00000294/],
      [{ to, amount: 300n, subtractFee: true }, /left after the fee/],
      [{ to: new Uint8Array(0), amount: COIN }, /give an address/],
      [{ to: Uint8Array.of(0x6a), amount: COIN }, /give an address/],
      [{ to, amount: COIN, feeRate: 0.5 }, /choose 1 to 1000 sat\/vB/],
      [{ to, amount: COIN, feeRate: 100_000 }, /choose 1 to 1000 sat\/vB/],
      [
        { to, amount: COIN, feeRate: 1 },
        /^Insufficient funds: 1\.00000000 and about 0\.00000110 for the fee needed, 1\.00000000 can be spent$/,
      ],
      [{ to, amount: 3n * COIN, subtractFee: true }, /^Insufficient funds: 3\.00000000 needed/],
    ];
    for (const [request, line] of cases) {
      assert.throws(
        () => world.wallet.pay(request, NOW_MS),
        (error: Error) => error instanceof InputError && line.test(error.message) && !error.message.includes("\n"),
      );
    }
    assert.deepEqual(world.balance, [COIN, 0n, 0n]);
    assert.throws(() => scriptOfAddress("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", addresses), InputError);
    world.pay(COIN / 2n);
    assert.throws(() => world.pay(COIN), /1\.00000000 more is tied up in unconfirmed payments/);
  });

  test("too many coins for one transaction, and too high a fee", () => {
    const world = new World();
    const script = world.script();
    const outputs = Array.from({ length: 1_500 }, () => ({ value: 400_000n, scriptPubKey: script }));
    world.mine(plainTx([foreignOutPoint(9_999)], outputs));
    assert.throws(() => world.pay(599_000_000n, { feeRate: 1 }), /more than fit into one transaction/);
    assert.throws(() => world.pay(100_000_000n, { feeRate: 1_000 }), /above the limit of 0\.10000000/);
  });
});

describe("conflicts", () => {
  test("a double spend in a block takes away the unconfirmed payment and all that stood on it", () => {
    const world = new World();
    const prevout = foreignOutPoint(77);
    const honest = plainTx([prevout], [{ value: COIN, scriptPubKey: world.script() }]);
    const child = plainTx([{ txid: honest.txid, vout: 0 }], [{ value: COIN / 2n, scriptPubKey: world.script() }]);
    world.wallet.mempoolAdded(honest, NOW_MS);
    world.wallet.mempoolAdded(child, NOW_MS);
    assert.deepEqual(world.balance, [0n, COIN / 2n, 0n]);
    const rival = plainTx([prevout], [{ value: COIN, scriptPubKey: FOREIGN }]);
    const block = world.chain.connect([coinbaseTx(1, []), rival]);
    const change = world.wallet.blockConnected(block, 1);
    assert.deepEqual(new Set(change.conflicted), new Set([honest.txid, child.txid]));
    assert.deepEqual(world.balance, [0n, 0n, 0n]);
    assert.deepEqual(world.wallet.transaction(honest.txid)?.conflicts, [rival.txid]);
    assert.equal(world.wallet.transaction(honest.txid)?.inMempool, false);
  });

  test("a replacement in the mempool does too", () => {
    const world = new World();
    const prevout = foreignOutPoint(78);
    const first = plainTx([prevout], [{ value: COIN, scriptPubKey: world.script() }]);
    const second = plainTx([prevout], [{ value: 2n * COIN, scriptPubKey: world.script() }]);
    world.wallet.mempoolAdded(first, NOW_MS);
    assert.deepEqual(world.wallet.mempoolAdded(second, NOW_MS).conflicted, [first.txid]);
    assert.deepEqual(world.balance, [0n, 2n * COIN, 0n]);
  });
});

describe("double spend", () => {
  test("spends the same coins to the payer, before and after the payment was mined", () => {
    const world = new World();
    world.mine(world.incoming(COIN));
    const { tx, fee, change } = world.pay(COIN / 2n);
    world.wallet.mempoolAdded(tx, NOW_MS);
    const early = world.wallet.replaceToSelf(tx);
    assert.deepEqual(world.balance, [change, 0n, 0n]);
    world.mine(tx);
    const late = world.wallet.replaceToSelf(tx);
    for (const { tx: rival, fee: rivalFee } of [early, late]) {
      assert.deepEqual(
        rival.inputs.map((input) => input.prevout),
        tx.inputs.map((input) => input.prevout),
      );
      assert.ok(rivalFee >= fee + BigInt(rival.virtualSize));
      const [output] = rival.outputs as [TxOutput];
      assert.equal(output.value, COIN - rivalFee);
      assert.ok(world.wallet.ownKey(output.scriptPubKey));
    }
    assert.notEqual(early.tx.txid, late.tx.txid);
    world.takeBack();
    world.mine(late.tx);
    assert.deepEqual(world.balance, [COIN - late.fee, 0n, 0n]);
    assert.equal(world.wallet.transaction(tx.txid)?.block, undefined);
    assert.deepEqual(world.wallet.transaction(tx.txid)?.conflicts, [late.tx.txid]);
  });

  test("is refused for payments of others", () => {
    const world = new World();
    const tx = world.incoming(COIN);
    world.mine(tx);
    assert.throws(() => world.wallet.replaceToSelf(tx), /only its payer/);
  });

  test("of a payment older than the wallet's memory takes the spent outputs from outside", () => {
    const world = new World();
    world.mine(world.incoming(COIN));
    const { tx } = world.pay(COIN / 2n);
    world.mine(tx);
    const late = Wallet.fromSeed(new Uint8Array(32).fill(1), regtest);
    assert.throws(() => late.replaceToSelf(tx), InputError);
    const spent = [{ value: COIN, scriptPubKey: scriptOfAddress(firstAddress(), addresses) }];
    assert.equal(
      late.replaceToSelf(tx, spent).tx.outputs[0]?.value,
      world.wallet.replaceToSelf(tx).tx.outputs[0]?.value,
    );
  });
});

describe("history", () => {
  test("lists what happened, with block and own inputs, oldest first", () => {
    const world = new World();
    const received = world.incoming(COIN);
    world.wallet.mempoolAdded(received, NOW_MS);
    world.mine(received);
    const { tx } = world.pay(COIN / 2n);
    const [first, second] = world.wallet.transactions();
    assert.equal(first?.tx.txid, received.txid);
    assert.deepEqual([first?.timeMs, first?.block?.height, first?.block?.index], [NOW_MS, 1, 1]);
    assert.deepEqual(first?.ownInputs, [undefined]);
    assert.equal(second?.tx.txid, tx.txid);
    assert.equal(second?.ownInputs[0]?.value, COIN);
    assert.equal(second?.block, undefined);
    world.takeBack();
    assert.equal(world.wallet.transaction(received.txid)?.block, undefined);
  });
});

test("a wallet does not show its keys to whoever prints it", () => {
  const world = new World();
  world.mine(world.incoming(COIN));
  world.pay(COIN / 2n);
  const shown = inspect(world.wallet, { depth: 20, showHidden: true }) + JSON.stringify(world.wallet);
  assert.ok(!/xprv|privateKey/.test(shown));
});

/** First address of the wallets of these tests. */
function firstAddress(): string {
  return Wallet.fromSeed(new Uint8Array(32).fill(1), regtest).newAddress();
}

test("addresses of both kinds decode to scripts of the wallet", () => {
  const world = new World();
  assert.match(world.wallet.newAddress(), /^bcrt1q/);
  assert.match(world.wallet.newAddress("legacy"), /^[mn]/);
  for (const script of world.wallet.scripts()) {
    const address = addressOf(script, addresses);
    assert.ok(address === undefined || world.wallet.ownKey(scriptOfAddress(address, addresses)) !== undefined);
  }
});
