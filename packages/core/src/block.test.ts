import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { blockFromBytes, blockSize, blockStrippedSize, blockWeight, encodeBlock } from "./block.ts";
import { concatBytes } from "./bytes/bytes.ts";
import { DecodeError } from "./errors.ts";
import { encodeHeader } from "./header.ts";
import { networkByName } from "./params/networks.ts";
import { blocks } from "./testing/arbitraries.ts";
import { Transaction } from "./tx.ts";

const genesis = networkByName("regtest").genesis;
const bytesOfGenesis = encodeBlock(genesis);

describe("block", () => {
  test("any block reads back: hash, header, transactions, bytes", () => {
    fc.assert(
      fc.property(blocks, (block) => {
        const bytes = encodeBlock(block);
        const decoded = blockFromBytes(bytes);
        assert.equal(decoded.hash, block.hash);
        assert.deepEqual(decoded.header, block.header);
        assert.deepEqual(
          decoded.txs.map(({ wtxid }) => wtxid),
          block.txs.map(({ wtxid }) => wtxid),
        );
        assert.deepEqual(encodeBlock(decoded), bytes);
      }),
    );
  });

  test("sizes are those of the bytes; weight is three times the bytes without witnesses plus all bytes", () => {
    fc.assert(
      fc.property(blocks, (block) => {
        const stripped = block.txs.reduce((size, tx) => size + tx.encode({ witness: false }).length, 81);
        assert.equal(blockSize(block), encodeBlock(block).length);
        assert.equal(blockStrippedSize(block), stripped);
        assert.equal(blockWeight(block), 3 * stripped + blockSize(block));
      }),
    );
  });

  test("the count of transactions has its own width", () => {
    const [coinbase] = genesis.txs;
    assert.ok(coinbase !== undefined);
    const txs = Array.from({ length: 253 }, () => coinbase);
    assert.equal(encodeBlock({ header: genesis.header, txs }).length, 80 + 3 + 253 * coinbase.totalSize);
    assert.equal(blockSize({ txs }), 80 + 3 + 253 * coinbase.totalSize);
  });

  test("cut anywhere, or with a byte too many, it is refused", () => {
    for (let length = 0; length < bytesOfGenesis.length; length++) {
      assert.throws(() => blockFromBytes(bytesOfGenesis.subarray(0, length)), DecodeError, `${length} bytes`);
    }
    assert.throws(() => blockFromBytes(concatBytes(bytesOfGenesis, Uint8Array.of(0))), DecodeError);
  });

  test("a count that promises more than the bytes can hold is refused at once", () => {
    const header = encodeHeader(genesis.header);
    assert.throws(() => blockFromBytes(concatBytes(header, Uint8Array.of(0xfe, 0, 0, 0, 2))), /count 33554432/);
  });

  test("the smallest transactions there can be fit, however many", () => {
    const empty = new Transaction({ version: 1, inputs: [], outputs: [], lockTime: 0 });
    const block = { header: genesis.header, txs: Array.from({ length: 200 }, () => empty) };
    assert.equal(blockFromBytes(encodeBlock(block)).txs.length, 200);
  });

  test("no transactions are well-formed: it is a rule that refuses them", () => {
    const block = blockFromBytes(concatBytes(encodeHeader(genesis.header), Uint8Array.of(0)));
    assert.deepEqual([block.txs, block.hash], [[], genesis.hash]);
  });
});
