import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import { AssertionFault } from "@forkyard/core/errors";
import { hash160, type Txid } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import { buildScript } from "@forkyard/core/script/codec";
import { OP_1, OP_15, OP_CHECKMULTISIG, OP_DROP, OP_RETURN } from "@forkyard/core/script/opcodes";
import { payToScriptHash } from "@forkyard/core/script/templates";
import { outPointKey, type Transaction, type TransactionFields } from "@forkyard/core/tx";
import { COIN } from "@forkyard/core/units";
import { assertRule } from "../testing/assert-rule.ts";
import { ANYONE_CAN_SPEND, coinbaseFor, inputOf, payment } from "../testing/build-block.ts";
import { HeaderLine } from "../testing/header-line.ts";
import { MemoryCoins } from "../testing/memory-coins.ts";
import { TestChain } from "../testing/test-chain.ts";
import { overwriteSearch } from "./bip30.ts";
import { connectBlock } from "./connect-block.ts";
import { disconnectDelta } from "./disconnect-block.ts";
import { formatScriptFlags } from "./script/flags.ts";
import { subsidyAt } from "./subsidy.ts";

const regtest = networkByName("regtest");

/** A chain whose first blocks' coinbases are mature; `txids` by height, from 1. */
function setup(params: NetworkParams = regtest, blocks = 110): { chain: TestChain; txids: (height: number) => Txid } {
  const chain = new TestChain(params);
  const grown = chain.grow(blocks);
  return { chain, txids: (height) => ((grown[height - 1] as Block).txs[0] as Transaction).txid };
}

/** Spends output 0 of a transaction into outputs of these values. */
function spendOf(txid: Txid, values: readonly bigint[], change: Partial<TransactionFields> = {}): Transaction {
  return payment([inputOf(txid, 0)], values, change);
}

/** Spends output 0 of a transaction once it is so many blocks deep. */
function locked(txid: Txid, blocks: number): Transaction {
  return payment([inputOf(txid, 0, { sequence: blocks })], [1n]);
}

describe("connect-block", () => {
  test("a coinbase makes its coin; genesis made none", () => {
    const { chain } = setup(regtest, 3);
    assert.equal(chain.coins.size, 3);
    assert.equal(chain.coins.total(), 150n * COIN);
  });

  test("gives what is spent in input order, what is made, the fees, and the scripts of each transaction", () => {
    const { chain, txids } = setup();
    const first = spendOf(txids(1), [20n * COIN, 29n * COIN]);
    const inputs = [inputOf(txids(3), 0), inputOf(first.txid, 1), inputOf(txids(2), 0)];
    const second = payment(inputs, [127n * COIN]);
    const block = chain.build({ txs: [first, second], coinbaseValue: 53n * COIN });
    const { delta, fees, scripts } = chain.connect(block);
    assert.equal(fees, 3n * COIN);
    assert.deepEqual(
      delta.spent.map(({ outPoint, coin }) => [outPoint.txid, coin.height, coin.coinbase]),
      [
        [txids(1), 1, true],
        [txids(3), 3, true],
        [txids(2), 2, true],
      ],
    );
    assert.deepEqual(
      delta.created.map(({ outPoint }) => outPointKey(outPoint)),
      [`${(block.txs[0] as Transaction).txid}:0`, `${first.txid}:0`, `${second.txid}:0`],
      "made and spent within the block is in neither list",
    );
    assert.deepEqual(
      scripts.map(({ tx, spent }) => [tx.txid, spent.map(({ value }) => value / COIN)]),
      [
        [first.txid, [50n]],
        [second.txid, [50n, 29n, 50n]],
      ],
    );
    assert.match(formatScriptFlags(scripts[0]?.flags ?? 0), /P2SH.*WITNESS/);
    assert.equal(chain.coins.total(), 111n * 50n * COIN);
  });

  test("disconnecting restores the coins exactly", () => {
    const { chain, txids } = setup();
    const before = chain.coins.snapshot();
    const first = spendOf(txids(1), [20n * COIN, 30n * COIN]);
    const second = spendOf(first.txid, [20n * COIN]);
    chain.connect(chain.build({ txs: [first, second] }));
    const after = chain.coins.snapshot();
    assert.notDeepEqual(after, before);
    chain.disconnect();
    assert.deepEqual(chain.coins.snapshot(), before);
    const delta = { spent: [], created: [] };
    assert.deepEqual(disconnectDelta(delta), delta);
  });

  test("outputs that can never be spent make no coin", () => {
    const { chain, txids } = setup();
    const outputs = [Uint8Array.of(OP_RETURN), new Uint8Array(10_001)].map((scriptPubKey) => ({
      value: 1n,
      scriptPubKey,
    }));
    const { delta } = chain.connect(chain.build({ txs: [spendOf(txids(1), [], { outputs })] }));
    assert.equal(delta.created.length, 1);
  });

  test("bad-txns-inputs-missingorspent: unknown, spent before, spent twice, not made yet", () => {
    const { chain, txids } = setup();
    const first = spendOf(txids(1), [50n * COIN]);
    const refuse = (...txs: Transaction[]): void => {
      assertRule("bad-txns-inputs-missingorspent", () => chain.connect(chain.build({ txs, tag: txs.length })));
    };
    refuse(spendOf("22".repeat(32) as Txid, [1n]));
    refuse(payment([inputOf(txids(1), 1)], [1n]));
    refuse(first, spendOf(txids(1), [49n * COIN]));
    refuse(spendOf(first.txid, [1n]), first);
    refuse(first, spendOf(first.txid, [2n]), spendOf(first.txid, [3n]));
    chain.connect(chain.build({ txs: [first], tag: 99 }));
    refuse(spendOf(txids(1), [48n * COIN]));
  });

  test("bad-txns-premature-spend-of-coinbase, also within one block", () => {
    const { chain, txids } = setup();
    const spend = spendOf(txids(12), [1n]);
    assertRule("bad-txns-premature-spend-of-coinbase", () => chain.connect(chain.build({ txs: [spend] })));
    chain.connect(chain.build({ txs: [spendOf(txids(11), [1n])], tag: 1 }));
    const coinbase = coinbaseFor(112, 50n * COIN, 0);
    const own = chain.build({ coinbase, txs: [spendOf(coinbase.txid, [1n])] });
    assertRule("bad-txns-premature-spend-of-coinbase", () => chain.connect(own));
  });

  test("bad-txns-in-belowout", () => {
    const { chain, txids } = setup();
    const tx = spendOf(txids(1), [50n * COIN + 1n]);
    assertRule("bad-txns-in-belowout", () => chain.connect(chain.build({ txs: [tx] })));
  });

  test("bad-txns-accumulated-fee-outofrange: all fees together are an amount too", () => {
    const { chain } = setup(regtest, 1);
    const parts = [1, 2].map((seed) => {
      const txid = seed.toString(16).padStart(64, "0") as Txid;
      const output = { value: 20_000_000n * COIN, scriptPubKey: ANYONE_CAN_SPEND };
      chain.coins.put({ txid, vout: 0 }, { output, height: 1, coinbase: false });
      return spendOf(txid, [1n]);
    });
    const block = chain.build({ txs: parts });
    assertRule("bad-txns-accumulated-fee-outofrange", () => chain.connect(block));
  });

  test("bad-txns-nonfinal: BIP68 by height, from its activation on", () => {
    const { chain, txids } = setup();
    assertRule("bad-txns-nonfinal", () => chain.connect(chain.build({ txs: [locked(txids(1), 111)] })));
    chain.connect(chain.build({ txs: [locked(txids(1), 110)] }));
    const before: NetworkParams = { ...regtest, activation: { ...regtest.activation, csv: 112 } };
    const early = setup(before);
    early.chain.connect(early.chain.build({ txs: [locked(early.txids(1), 111)] }));
  });

  test("bad-blk-sigops: P2SH sigops count with the legacy ones, 80,000 in all", () => {
    const { chain, txids } = setup();
    const redeem = buildScript(Array.from({ length: 200 }, () => [OP_15, OP_CHECKMULTISIG]).flat());
    const scriptSig = buildScript([redeem]);
    const outputs = Array.from({ length: 8 }, () => ({ value: COIN, scriptPubKey: payToScriptHash(hash160(redeem)) }));
    const funding = spendOf(txids(1), [], { outputs });
    chain.connect(chain.build({ txs: [funding] }));
    const spendAll = (count: number): Transaction =>
      payment(
        Array.from({ length: count }, (_, vout) => inputOf(funding.txid, vout, { scriptSig })),
        [1n],
      );
    const { data } = assertRule("bad-blk-sigops", () => chain.connect(chain.build({ txs: [spendAll(7)] })));
    assert.equal(data["cost"], 7 * 200 * 15 * 4);
    chain.connect(chain.build({ txs: [spendAll(6)], tag: 1 }));
  });

  test("bad-cb-amount: subsidy and fees, not a satoshi more; less is allowed", () => {
    const { chain, txids } = setup();
    const txs = [spendOf(txids(1), [49n * COIN])];
    const limit = subsidyAt(111, regtest) + COIN;
    const { data } = assertRule("bad-cb-amount", () => chain.connect(chain.build({ txs, coinbaseValue: limit + 1n })));
    assert.deepEqual([data["pays"], data["limit"]], [String(limit + 1n), String(limit)]);
    chain.connect(chain.build({ txs, coinbaseValue: limit }));
    chain.connect(chain.build({ coinbaseValue: 0n }));
    const { chain: halved } = setup(regtest, 149);
    assertRule("bad-cb-amount", () => halved.connect(halved.build({ coinbaseValue: 25n * COIN + 1n })));
  });

  test("genesis is never connected, and a block only to its own parent", () => {
    const { chain } = setup(regtest, 2);
    const accepted = chain.accept(chain.build());
    const wrongParent = chain.tree.ancestor(chain.tip, 1);
    assert.throws(() => connectBlock(accepted, wrongParent, chain.coins, chain.tree, regtest), AssertionFault);
  });
});

describe("BIP30", () => {
  const params: NetworkParams = { ...regtest, activation: { ...regtest.activation, bip34: 1000 } };
  /** The same coinbase at every height: possible while BIP34 does not hold. */
  const repeated = coinbaseFor(1, 50n * COIN, 0, {
    outputs: [{ value: 50n * COIN, scriptPubKey: Uint8Array.of(OP_1, OP_DROP, OP_1) }],
  });

  test("bad-txns-BIP30: a txid with unspent outputs may not come again", () => {
    const { chain } = setup(params, 0);
    chain.connect(chain.build({ coinbase: repeated }));
    const { data } = assertRule("bad-txns-BIP30", () => chain.connect(chain.build({ coinbase: repeated })));
    assert.equal(data["txid"], repeated.txid);
  });

  test("a txid whose outputs are all spent may come again", () => {
    const { chain } = setup(params, 0);
    chain.connect(chain.build({ coinbase: repeated }));
    chain.grow(99);
    chain.connect(chain.build({ txs: [spendOf(repeated.txid, [1n])] }));
    chain.connect(chain.build({ coinbase: repeated }));
    assert.equal(chain.coins.coin({ txid: repeated.txid, vout: 0 })?.height, 102);
  });

  test("the two exceptions replace the old coin: totals stay true and undo brings it back", () => {
    const { chain } = setup(params, 0);
    chain.connect(chain.build({ coinbase: repeated }));
    const before = chain.coins.snapshot();
    const block = chain.build({ coinbase: repeated });
    const excepted: NetworkParams = { ...params, bip30Exceptions: new Set([block.hash]) };
    const accepted = chain.accept(block);
    const { delta } = connectBlock(accepted, chain.tip, chain.coins, chain.tree, excepted);
    assert.deepEqual([delta.spent.length, delta.created.length], [1, 1]);
    chain.coins.apply(delta);
    assert.equal(chain.coins.size, 1);
    assert.equal(chain.coins.coin({ txid: repeated.txid, vout: 0 })?.height, 2);
    chain.coins.apply(disconnectDelta(delta));
    assert.deepEqual(chain.coins.snapshot(), before);
  });

  test("is not searched for where BIP34 holds from the start: no coinbase can come twice", () => {
    const { chain } = setup(regtest, 1);
    const block = chain.build();
    const [coinbase] = block.txs as [Transaction];
    const coins = new MemoryCoins();
    coins.put(
      { txid: coinbase.txid, vout: 0 },
      { output: { value: 1n, scriptPubKey: ANYONE_CAN_SPEND }, height: 1, coinbase: true },
    );
    connectBlock(chain.accept(block), chain.tip, coins, chain.tree, regtest);
  });

  test("a transaction that comes again while its outputs are unspent is named so, not by its missing inputs", () => {
    const { chain, txids } = setup(regtest, 101);
    const spend = spendOf(txids(1), [1_000n]);
    chain.connect(chain.build({ txs: [spend] }));
    const again = chain.build({ txs: [spend] });
    assertRule("bad-txns-BIP30", () => chain.connect(again));
  });

  test("is left out above BIP34 on the chain that is known to have no repetitions, up to height 1,983,702", () => {
    const line = new HeaderLine();
    for (let height = 0; height <= 6; height++) line.push({ time: height });
    const at = (height: number): ChainEntry => line.ancestor(line.tip(), height);
    const network: NetworkParams = {
      ...regtest,
      activation: { ...regtest.activation, bip34: 5 },
      bip34Hash: at(5).hash,
      bip30Exceptions: new Set([at(3).hash]),
    };
    const search = (height: number, change: Partial<NetworkParams> = {}): string =>
      overwriteSearch(at(height), at(height - 1), line, { ...network, ...change });
    assert.deepEqual(
      [2, 3, 4, 5, 6].map((height) => search(height)),
      ["always", "never", "always", "always", "never"],
    );
    assert.equal(search(6, { bip34Hash: at(4).hash }), "always");
    assert.equal(overwriteSearch({ ...at(6), height: 1_983_701 }, at(5), line, network), "never");
    assert.equal(overwriteSearch({ ...at(6), height: 1_983_702 }, at(5), line, network), "always");
    assert.equal(search(6, { activation: regtest.activation }), "on-failure");
  });
});
