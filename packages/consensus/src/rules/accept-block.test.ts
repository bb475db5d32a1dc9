import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Block } from "@forkyard/core/block";
import type { Txid } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import { Transaction, type TxInput } from "@forkyard/core/tx";
import { assertRule } from "../testing/assert-rule.ts";
import { type BlockOptions, coinbaseFor, inputOf, payment, withCommitment } from "../testing/build-block.ts";
import { TestChain } from "../testing/test-chain.ts";
import { coinbaseHeightScript } from "./accept-block.ts";
import { isMutation } from "./codes.ts";
import type { AcceptedBlock } from "./stages.ts";

const regtest = networkByName("regtest");
const TXID = "11".repeat(32) as Txid;

/** Twelve blocks and a way to offer a thirteenth. */
function setup(params: NetworkParams = regtest): { chain: TestChain; offer: (options: BlockOptions) => AcceptedBlock } {
  const chain = new TestChain(params);
  chain.grow(12);
  return { chain, offer: (options) => chain.accept(chain.build(options)) };
}

function witnessSpend(witness: readonly Uint8Array[] = [Uint8Array.of(1)]): Transaction {
  return payment([inputOf(TXID, 0, { witness })], [1n]);
}

function locked(lockTime: number): Transaction {
  return payment([inputOf(TXID, 0, { sequence: 0 })], [1n], { lockTime });
}

/** A block with a witness of so many bytes. */
function heavy(bytes: number): BlockOptions {
  return { txs: [witnessSpend([new Uint8Array(bytes)])] };
}

/** The block with another witness on its coinbase: same txids, same header. */
function withCoinbaseWitness(block: Block, witness: readonly Uint8Array[]): Block {
  const [coinbase, ...rest] = block.txs;
  const { version, inputs, outputs, lockTime } = coinbase as Transaction;
  const changed = inputs.map((input: TxInput) => ({ ...input, witness }));
  return { ...block, txs: [new Transaction({ version, inputs: changed, outputs, lockTime }), ...rest] };
}

describe("accept-block", () => {
  test("accepts plain blocks and blocks with committed witnesses", () => {
    const { chain, offer } = setup();
    assert.equal(offer({}).entry.height, chain.tip.height + 1);
    assert.equal(offer({ tag: 1, txs: [witnessSpend()] }).block.txs.length, 2);
  });

  test("bad-txns-nonfinal: the height must be behind", () => {
    const { offer } = setup();
    assertRule("bad-txns-nonfinal", () => offer({ txs: [locked(13)] }));
    offer({ txs: [locked(12)] });
  });

  test("bad-txns-nonfinal: times are held against the parent's median time since BIP113, else the block's own", () => {
    const before: NetworkParams = { ...regtest, activation: { ...regtest.activation, csv: 14 } };
    const { chain } = setup();
    const lockTime = chain.tip.header.time - 5 * regtest.spacingSeconds;
    const txs = [locked(lockTime)];
    assertRule("bad-txns-nonfinal", () => setup().offer({ txs }));
    setup().offer({ txs: [locked(lockTime - 1)] });
    setup(before).offer({ txs });
  });

  test("bad-cb-height: the coinbase begins with the height, in its one encoding", () => {
    const { offer } = setup();
    assertRule("bad-cb-height", () => offer({ coinbase: coinbaseFor(14, 1n, 0) }));
    const pushedAsByte = coinbaseFor(13, 1n, 0);
    const [input] = pushedAsByte.inputs;
    const scriptSig = Uint8Array.of(1, 13, 2, 0, 0);
    const other = new Transaction({ ...fieldsOf(pushedAsByte), inputs: [{ ...(input as TxInput), scriptSig }] });
    assertRule("bad-cb-height", () => offer({ coinbase: other }));
    const before: NetworkParams = { ...regtest, activation: { ...regtest.activation, bip34: 14 } };
    setup(before).offer({ coinbase: coinbaseFor(14, 1n, 0) });
  });

  test("the height's push", () => {
    assert.deepEqual(coinbaseHeightScript(1), Uint8Array.of(0x51));
    assert.deepEqual(coinbaseHeightScript(16), Uint8Array.of(0x60));
    assert.deepEqual(coinbaseHeightScript(17), Uint8Array.of(1, 17));
    assert.deepEqual(coinbaseHeightScript(128), Uint8Array.of(2, 128, 0));
    assert.deepEqual(coinbaseHeightScript(227_931), Uint8Array.of(3, 0x5b, 0x7a, 0x03));
  });

  test("bad-witness-nonce-size: exactly one element of 32 bytes, also in a block without other witnesses", () => {
    const { chain } = setup();
    const block = chain.build({ txs: [witnessSpend()] });
    const nonce = new Uint8Array(32);
    for (const witness of [[], [nonce, nonce], [new Uint8Array(31)]]) {
      const changed = withCoinbaseWitness(block, witness);
      assert.ok(isMutation(assertRule("bad-witness-nonce-size", () => chain.accept(changed))));
    }
    const bare = chain.build({ coinbase: withCommitment(coinbaseFor(13, 1n, 0), []) });
    assertRule("bad-witness-nonce-size", () => chain.accept(withCoinbaseWitness(bare, [])));
    chain.accept(bare);
  });

  test("bad-witness-merkle-match: a changed witness, or a changed nonce", () => {
    const { chain } = setup();
    const block = chain.build({ txs: [witnessSpend()] });
    const changed = { ...block, txs: [block.txs[0] as Transaction, witnessSpend([Uint8Array.of(2)])] };
    assert.ok(isMutation(assertRule("bad-witness-merkle-match", () => chain.accept(changed))));
    const nonce = new Uint8Array(32).fill(1);
    assertRule("bad-witness-merkle-match", () => chain.accept(withCoinbaseWitness(block, [nonce])));
    chain.accept(block);
  });

  test("unexpected-witness: none without a commitment, and none before segwit", () => {
    const { chain, offer } = setup();
    const txs = [witnessSpend()];
    const error = assertRule("unexpected-witness", () => offer({ txs, coinbase: coinbaseFor(13, 1n, 0) }));
    assert.ok(isMutation(error));
    assertRule("unexpected-witness", () => chain.accept(withCoinbaseWitness(chain.build(), [new Uint8Array(32)])));
    const before: NetworkParams = { ...regtest, activation: { ...regtest.activation, segwit: 14 } };
    assertRule("unexpected-witness", () => setup(before).offer({ txs }));
  });

  test("bad-blk-weight: four million units with witnesses", () => {
    const { offer } = setup();
    offer(heavy(3_998_000));
    assertRule("bad-blk-weight", () => offer(heavy(4_000_000)));
  });
});

function fieldsOf(tx: Transaction): ConstructorParameters<typeof Transaction>[0] {
  const { version, inputs, outputs, lockTime } = tx;
  return { version, inputs, outputs, lockTime };
}
