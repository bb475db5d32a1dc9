import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptBlock } from "@forkyard/consensus/rules/accept-block";
import { checkBlock } from "@forkyard/consensus/rules/check-block";
import { sumOfOutputs } from "@forkyard/consensus/rules/check-inputs";
import { isMutation } from "@forkyard/consensus/rules/codes";
import { connectBlock } from "@forkyard/consensus/rules/connect-block";
import { findWitnessCommitment } from "@forkyard/consensus/rules/witness-commitment";
import { assertRule } from "@forkyard/consensus/testing/assert-rule";
import { blockFromBytes, blockSize, blockWeight, encodeBlock } from "@forkyard/core/block";
import { equalBytes } from "@forkyard/core/bytes/bytes";
import { DecodeError, RuleError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { describeVectors } from "@forkyard/core/testing/vectors";
import type { Transaction } from "@forkyard/core/tx";
import { blockFromHex } from "./support/framed-blocks.ts";
import { type BlockFacts, coinbaseLimit, coinsOf, contextOf, paramsOf } from "./support/real-block.ts";

interface Malleation {
  base_block_hash: string;
  block_raw: string;
  valid: boolean;
}

describeVectors("chain: single real blocks", (vectors) => {
  for (const facts of vectors.json<BlockFacts[]>("blocks/blocks.json")) {
    test(`${facts.network} ${facts.height}`, () => {
      const bytes = vectors.bytes(`blocks/${facts.file}`);
      const block = blockFromBytes(bytes);
      assert.ok(equalBytes(encodeBlock(block), bytes), "the same bytes again");
      assert.deepEqual(
        [block.hash, block.txs.length, blockSize(block), blockWeight(block)],
        [facts.hash, facts.txs, facts.size, facts.weight],
      );
      const params = paramsOf(facts);
      const checked = checkBlock(block, params);
      if (facts.height === 0) return;
      const { entry, parent, ancestry } = contextOf(block, facts.height);
      const accepted = acceptBlock(checked, entry, parent, ancestry, params);
      if (facts.spent_file === undefined) return;
      const coins = coinsOf(block, vectors.text(`blocks/${facts.spent_file}`));
      const { fees, delta } = connectBlock(accepted, parent, coins, ancestry, params);
      assert.equal(fees, BigInt(facts.fees ?? 0));
      assert.equal(sumOfOutputs(block.txs[0] as Transaction), coinbaseLimit(facts, fees));
      assert.equal(delta.spent.length, coins.size);
    });
  }

  test("blocks with witnesses carry a commitment that was checked", () => {
    const blocks = vectors.json<BlockFacts[]>("blocks/blocks.json");
    const committed = blocks.filter(
      ({ file }) => findWitnessCommitment(blockFromBytes(vectors.bytes(`blocks/${file}`))) !== undefined,
    );
    assert.ok(committed.length >= 5, `${committed.length} blocks with a commitment`);
  });

  test("repeated transactions under a true header are a mutation; the true body is still fine", () => {
    const mainnet = networkByName("mainnet");
    const cases = vectors.json<Malleation[]>("merkle-filters/merkle-malleation-derived.json");
    assert.equal(cases.length, 6);
    for (const { base_block_hash: hash, block_raw: raw, valid } of cases) {
      const block = blockFromHex(raw);
      assert.equal(block.hash, hash);
      const params = { ...mainnet, powLimit: 1n << 255n };
      if (valid) checkBlock(block, params);
      else assert.ok(isMutation(assertRule("bad-txns-duplicate", () => checkBlock(block, params))));
    }
  });

  test("any one flipped bit of block 170 is refused, by its bytes or by a rule", () => {
    const facts = vectors.json<BlockFacts[]>("blocks/blocks.json").find(({ height }) => height === 170) as BlockFacts;
    const bytes = vectors.bytes(`blocks/${facts.file}`);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.with(bit >> 3, (bytes[bit >> 3] as number) ^ (1 << (bit & 7)));
      assert.throws(
        () => checkBlock(blockFromBytes(flipped), paramsOf(facts)),
        (error) => error instanceof DecodeError || error instanceof RuleError,
        `bit ${bit}`,
      );
    }
  });
});
