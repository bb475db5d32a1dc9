import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildBlock } from "@forkyard/consensus/testing/build-block";
import { TestChain } from "@forkyard/consensus/testing/test-chain";
import { type Block, blockSize } from "@forkyard/core/block";
import { InputError } from "@forkyard/core/errors";
import { type Txid, ZERO_HASH } from "@forkyard/core/hash";
import { NULL_VOUT, Transaction } from "@forkyard/core/tx";
import { checkVariant, NO_VARIANT, ruleVariant } from "./rule-variants.ts";

const MARKED = new TextEncoder().encode("..MARK..");
const chain = new TestChain();
const blockOf = (version: number): Block => buildBlock(chain.tip, chain.params, { header: { version } });
const allows = (name: string, block: Block): boolean | undefined => ruleVariant(name)?.allows(block);

describe("rule variants", () => {
  test("by version", () => {
    assert.equal(allows("version-below-5", blockOf(4)), false);
    assert.equal(allows("version-below-4", blockOf(4)), true);
    const variant = ruleVariant("version-below-5") ?? assert.fail();
    assert.throws(() => checkVariant(variant, blockOf(4)), { code: "stricter-rule" });
  });

  test("by size: the limit itself is allowed, and its miners keep it", () => {
    const block = blockOf(4);
    const bytes = blockSize(block);
    assert.equal(allows(`block-bytes-above-${bytes}`, block), true);
    assert.equal(allows(`block-bytes-above-${bytes - 1}`, block), false);
    assert.equal(ruleVariant("block-bytes-above-1000")?.maxBlockBytes, 1_000);
  });

  test("by signal: its miners give it", () => {
    assert.equal(allows("must-signal-bit-3", blockOf(0x20000000)), false);
    assert.equal(allows("must-signal-bit-3", blockOf(0x20000008)), true);
    assert.equal(ruleVariant("must-signal-bit-3")?.version?.(0x20000000), 0x20000008);
  });

  test("by a text in the coinbase", () => {
    const block = blockOf(4);
    assert.equal(allows("coinbase-tag:MARK", block), true);
    const coinbase = new Transaction({
      version: 1,
      inputs: [{ prevout: { txid: ZERO_HASH as Txid, vout: NULL_VOUT }, scriptSig: MARKED, sequence: 0, witness: [] }],
      outputs: [],
      lockTime: 0,
    });
    assert.equal(allows("coinbase-tag:MARK", { ...block, txs: [coinbase] }), false);
  });

  test("none is none, and everything else is refused with the forms", () => {
    assert.equal(ruleVariant(NO_VARIANT), undefined);
    for (const name of ["", "version-below-", "version-below-x", "must-signal-bit-29", "coinbase-tag:", "big-blocks"]) {
      assert.throws(
        () => ruleVariant(name),
        (error) => error instanceof InputError && error.message.includes("coinbase-tag:TEXT"),
      );
    }
  });
});
