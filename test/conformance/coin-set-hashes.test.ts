/**
 * Chains that Bitcoin Core's own tests build, block for block, and the hashes of the coins that it pins for them: in its
 * chain parameters (a snapshot at height 110 of regtest) and in its functional test of the hashes. They changed whenever
 * its coinbases did, so each generation of coinbases is an anchor of its own.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { coinbaseHeightScript } from "@forkyard/consensus/rules/accept-block";
import { inputOf, payment, withCommitment } from "@forkyard/consensus/testing/build-block";
import type { Block } from "@forkyard/core/block";
import { concatBytes, fromHex } from "@forkyard/core/bytes/bytes";
import { type Txid, ZERO_HASH } from "@forkyard/core/hash";
import { payToPublicKey, payToPublicKeyHash, payToWitness } from "@forkyard/core/script/templates";
import { NULL_VOUT, SEQUENCE_FINAL, Transaction } from "@forkyard/core/tx";
import { COIN } from "@forkyard/core/units";
import { ChainWorld } from "@forkyard/node/testing/chain-world";
import { describeCoins } from "@forkyard/storage/coin-hash/coin-set";

/** What Bitcoin Core's coinbases looked like. */
interface CoinbaseStyle {
  /** Sequence just below the last, and a lock time of the height before: since 30. */
  readonly timelocked: boolean;
  /** Highest block whose script has OP_0 behind the height: all up to 30, then only those that would be too short. */
  readonly padUpTo: number;
}

const UP_TO_29: CoinbaseStyle = { timelocked: false, padUpTo: Number.POSITIVE_INFINITY };
const SINCE_30: CoinbaseStyle = { timelocked: true, padUpTo: Number.POSITIVE_INFINITY };
const SINCE_31: CoinbaseStyle = { timelocked: true, padUpTo: 16 };

const SUBSIDY = 50n * COIN;
/** Public key of the secret key 1. */
const KEY_ONE = payToPublicKey(fromHex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"));
/** A taproot output under the internal key with x = 1 whose one leaf is OP_1, and the witness that spends it. */
const OP_TRUE_OUTPUT = payToWitness(1, fromHex("2913b252fe537830f843bfdc5fa7d20ba48639a87c86ff837b92d083c55ad7c1"));
const OP_TRUE_WITNESS = [Uint8Array.of(0x51), fromHex(`c0${"00".repeat(31)}01`)];
/** The address of the first node of a functional test. */
const NODE_OUTPUT = payToPublicKeyHash(fromHex("2b4569203694fc997e13f2c0a1383b9e16c77a0d"));

function coinbase(height: number, scriptPubKey: Uint8Array, { timelocked, padUpTo }: CoinbaseStyle): Transaction {
  const pad = height <= padUpTo ? Uint8Array.of(0) : new Uint8Array(0);
  const input = inputOf(ZERO_HASH as Txid, NULL_VOUT, {
    scriptSig: concatBytes(coinbaseHeightScript(height), pad),
    sequence: timelocked ? SEQUENCE_FINAL - 1 : SEQUENCE_FINAL,
  });
  const outputs = [{ value: SUBSIDY, scriptPubKey }];
  return new Transaction({ version: 2, inputs: [input], outputs, lockTime: timelocked ? height - 1 : 0 });
}

/** Mines the next block, dated `time`, and connects it. */
function extend(
  world: ChainWorld,
  style: CoinbaseStyle,
  scriptPubKey: Uint8Array,
  time: number,
  txs: readonly Transaction[] = [],
): Block {
  const plain = coinbase(world.chain.tip.height + 1, scriptPubKey, style);
  const block = world.build({ coinbase: withCommitment(plain, txs), txs, header: { time } });
  assert.equal(world.submit(block).kind, "connected");
  return block;
}

describe("coins of the chain of Bitcoin Core's unit tests", () => {
  const FIRST_TIME = 1_598_887_952;
  const anchors = [
    {
      style: UP_TO_29,
      tip: "696e92821f65549c7ee134edceeeeaaa4105647a3c4fd9f298c0aec0ab50425c",
      hash: "6657b736d4fe4db0cbc796789e812d5dba7f5c143764b1b6905612f1830609d1",
    },
    {
      style: SINCE_30,
      tip: "6affe030b7965ab538f820a56ef56c8149b7dc1d1c144af57113be080db7c397",
      hash: "b952555c8ab81fec46f3d4253b7af256d766ceb39fb7752b9d18cdf4a0141327",
    },
  ];
  for (const { style, tip, hash } of anchors) {
    test(`at height 110, tip ${tip.slice(0, 8)}`, async () => {
      const world = await ChainWorld.open();
      for (let height = 1; height <= 110; height++) extend(world, style, KEY_ONE, FIRST_TIME + height - 1);
      assert.equal(world.chain.tip.hash, tip);
      await world.chain.durable();
      const info = await describeCoins(world.store.coins(), "hash_serialized_3");
      assert.deepEqual([info.hash, info.coins, info.total], [hash, 110, 110n * SUBSIDY]);
    });
  }
});

describe("coins of Bitcoin Core's functional test of the hashes", () => {
  const FEE = 31_200n;
  const anchors = [
    {
      style: UP_TO_29,
      serialized: "d1c7fec1c0623f6793839878cbe2a531eb968b50b27edd6e2a57077a5aed6094",
      muhash: "d1725b2fe3ef43e55aa4907480aea98d406fc9e0bf8f60169e2305f1fbf5961b",
    },
    {
      style: SINCE_30,
      serialized: "e0b4c80f2880985fdf1adc331ed0735ac207588f986c91c7c05e8cf5fe6780f0",
      muhash: "8739b878f23030ef39a5547edc7b57f88d50fdaaf47314ff0524608deb13067e",
    },
    {
      style: SINCE_31,
      serialized: "396058cfd7f3b4c05dcdfaf360be9986d859d2c8315082d3aadda6d2d16add25",
      muhash: "97f341d4226cb4451dd9da2856759fb97659cfc238a0b8d5452e64af6032bd3d",
    },
  ];
  for (const { style, serialized, muhash } of anchors) {
    test(`a mature coinbase spent, muhash ${muhash.slice(0, 8)}`, async () => {
      const world = await ChainWorld.open();
      const now = world.chain.tip.header.time + 1;
      const first = extend(world, style, OP_TRUE_OUTPUT, now);
      for (let height = 2; height <= 100; height++) extend(world, style, NODE_OUTPUT, now + height);
      const input = inputOf(first.txs[0]?.txid as Txid, 0, { sequence: 0, witness: OP_TRUE_WITNESS });
      const outputs = [{ value: SUBSIDY - FEE, scriptPubKey: OP_TRUE_OUTPUT }];
      extend(world, style, OP_TRUE_OUTPUT, now + 101, [payment([input], [], { outputs })]);
      await world.chain.durable();
      assert.equal((await describeCoins(world.store.coins(), "hash_serialized_3")).hash, serialized);
      assert.equal((await describeCoins(world.store.coins(), "muhash")).hash, muhash);
    });
  }
});
