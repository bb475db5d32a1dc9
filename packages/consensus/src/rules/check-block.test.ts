import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Block, blockStrippedSize } from "@forkyard/core/block";
import { fromHex } from "@forkyard/core/bytes/bytes";
import type { Txid } from "@forkyard/core/hash";
import { networkByName } from "@forkyard/core/params/networks";
import { OP_CHECKMULTISIG } from "@forkyard/core/script/opcodes";
import type { Transaction } from "@forkyard/core/tx";
import { assertRule } from "../testing/assert-rule.ts";
import {
  type BlockOptions,
  buildBlock,
  coinbaseFor,
  inputOf,
  merkleRootOf,
  mine,
  payment,
} from "../testing/build-block.ts";
import { checkBlock } from "./check-block.ts";
import { isMutation } from "./codes.ts";
import { genesisEntry } from "./genesis-entry.ts";

const regtest = networkByName("regtest");
const genesis = genesisEntry(regtest);

function spend(seed: number, change: Parameters<typeof payment>[2] = {}): Transaction {
  return payment([inputOf(seed.toString(16).padStart(64, "0") as Txid, 0)], [1n], change);
}

function build(options: BlockOptions = {}): Block {
  return buildBlock(genesis, regtest, options);
}

/** A block with exactly these transactions, root and work right. */
function blockOf(txs: readonly Transaction[]): Block {
  const { header } = build();
  return mine({ ...header, merkleRoot: merkleRootOf(txs) }, txs);
}

function coinbaseWithScript(bytes: number): Transaction {
  return coinbaseFor(1, 1n, 0, { outputs: [{ value: 1n, scriptPubKey: new Uint8Array(bytes) }] });
}

/** A coinbase whose output script makes the block with it alone `bytes` long without witnesses. */
function coinbaseOfBlockSize(bytes: number): Transaction {
  const probeBytes = 900_000;
  const rest = blockStrippedSize({ txs: [coinbaseWithScript(probeBytes)] }) - probeBytes;
  return coinbaseWithScript(bytes - rest);
}

function multisigs(count: number): Transaction {
  return spend(1, { outputs: [{ value: 1n, scriptPubKey: new Uint8Array(count).fill(OP_CHECKMULTISIG) }] });
}

describe("check-block", () => {
  test("accepts a plain block and genesis of every network", () => {
    const block = build({ txs: [spend(1), spend(2)] });
    assert.equal(checkBlock(block, regtest), block);
    for (const name of ["mainnet", "testnet", "signet", "regtest", "devnet"]) {
      const params = networkByName(name);
      checkBlock(params.genesis, params);
    }
  });

  test("high-hash comes before all else", () => {
    const block = build();
    assertRule("high-hash", () => checkBlock(mine(block.header, [], false), regtest));
  });

  test("bad-txnmrklroot: one transaction changed, and the hash is not to blame", () => {
    const block = build({ txs: [spend(1)] });
    const changed = { ...block, txs: [block.txs[0] as Transaction, spend(2)] };
    assert.ok(isMutation(assertRule("bad-txnmrklroot", () => checkBlock(changed, regtest))));
  });

  test("bad-txns-duplicate: a repeated tail keeps the root (CVE-2012-2459)", () => {
    const block = build({ txs: [spend(1), spend(2)] });
    const repeated = { ...block, txs: [...block.txs, block.txs[2] as Transaction] };
    assert.equal(merkleRootOf(repeated.txs), block.header.merkleRoot);
    assert.ok(isMutation(assertRule("bad-txns-duplicate", () => checkBlock(repeated, regtest))));
  });

  test("bad-blk-length: no transactions", () => {
    assertRule("bad-blk-length", () => checkBlock(blockOf([]), regtest));
  });

  test("bad-blk-length: a million bytes without witnesses are the limit", () => {
    checkBlock(blockOf([coinbaseOfBlockSize(1_000_000)]), regtest);
    const error = assertRule("bad-blk-length", () => checkBlock(blockOf([coinbaseOfBlockSize(1_000_001)]), regtest));
    assert.equal(error.data["strippedSize"], 1_000_001);
  });

  test("bad-cb-missing: the first transaction must be a coinbase", () => {
    const error = assertRule("bad-cb-missing", () => checkBlock(blockOf([spend(1)]), regtest));
    assert.equal(isMutation(error), false);
  });

  test("bad-cb-missing: 64-byte transactions may be a merkle level of a valid block", () => {
    const scriptPubKey = fromHex("51515151");
    const node = spend(1, { outputs: [{ value: 1n, scriptPubKey }] });
    assert.equal(node.strippedSize, 64);
    const error = assertRule("bad-cb-missing", () => checkBlock(blockOf([node]), regtest));
    assert.ok(isMutation(error));
  });

  test("bad-cb-multiple: one coinbase is enough", () => {
    const block = blockOf([coinbaseFor(1, 1n, 0), spend(1), coinbaseFor(1, 1n, 1)]);
    assert.equal(assertRule("bad-cb-multiple", () => checkBlock(block, regtest)).data["position"], 2);
  });

  test("every transaction is checked", () => {
    assertRule("bad-txns-vout-empty", () =>
      checkBlock(blockOf([coinbaseFor(1, 1n, 0), spend(1, { outputs: [] })]), regtest),
    );
  });

  test("bad-blk-sigops: twenty thousand legacy sigops are the limit", () => {
    checkBlock(blockOf([coinbaseFor(1, 1n, 0), multisigs(1000)]), regtest);
    const error = assertRule("bad-blk-sigops", () =>
      checkBlock(blockOf([coinbaseFor(1, 1n, 0), multisigs(1001)]), regtest),
    );
    assert.equal(error.data["cost"], 80_080);
  });
});
