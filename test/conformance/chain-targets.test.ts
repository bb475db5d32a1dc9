import assert from "node:assert/strict";
import { test } from "node:test";
import { type BitcoinRule, bitcoinBits, retargetedBits } from "@forkyard/consensus/rules/retarget/bitcoin";
import { subsidyAt } from "@forkyard/consensus/rules/subsidy";
import { decodeCompact, hasProofOfWork, targetToBits, workOfBits } from "@forkyard/consensus/rules/target";
import { HeaderLine } from "@forkyard/consensus/testing/header-line";
import { blockFromBytes, encodeBlock } from "@forkyard/core/block";
import { fromHex, toHex } from "@forkyard/core/bytes/bytes";
import type { BlockHash } from "@forkyard/core/hash";
import { blockHashOf, headerFromBytes } from "@forkyard/core/header";
import { networkByName } from "@forkyard/core/params/networks";
import { describeVectors } from "@forkyard/core/testing/vectors";

const mainnet = networkByName("mainnet");
const SIGN_BIT = 0x00800000;

interface CompactVectors {
  set_compact: {
    bits: string;
    magnitude: string | null;
    reencoded: string | null;
    negative: boolean;
    overflow: boolean;
  }[];
  targets: { bits: string; target: string }[];
  check_proof_of_work: { why: string; bits: string; hash: BlockHash; ok: boolean }[];
}

interface RetargetVector {
  network: string;
  height: number | null;
  old_bits?: string;
  new_bits: string;
  first_bits?: string;
  last_bits?: string;
  actual_timespan: number;
}

interface WorkVectors {
  retarget_block_headers: { height: number; hash: string; bits: string; header: string; chainwork: string }[];
  block_work: { bits: string; work: string }[];
}

function bitsOf(text: string | undefined): number {
  return Number.parseInt(text ?? "", 16);
}

describeVectors("chain: targets, work, subsidies", (vectors) => {
  const compact = vectors.json<CompactVectors>("chain/compact-target.json");

  test("compact numbers", () => {
    for (const { bits, magnitude, reencoded, negative, overflow } of compact.set_compact) {
      const decoded = decodeCompact(bitsOf(bits));
      assert.deepEqual([decoded.negative, decoded.overflow], [negative, overflow], bits);
      if (magnitude === null) continue;
      assert.equal(decoded.magnitude, BigInt(`0x${magnitude}`), bits);
      assert.equal((targetToBits(decoded.magnitude) | (negative ? SIGN_BIT : 0)) >>> 0, bitsOf(reencoded ?? ""), bits);
    }
    // This list leaves the sign out of account, which makes one of its targets a negative number for us.
    for (const { bits, target } of compact.targets) {
      assert.equal(decodeCompact(bitsOf(bits)).magnitude, BigInt(`0x${target}`), bits);
    }
  });

  test("proof of work", () => {
    for (const { why, bits, hash, ok } of compact.check_proof_of_work) {
      assert.equal(hasProofOfWork(hash, bitsOf(bits), mainnet.powLimit), ok, why);
    }
  });

  test("retargets", () => {
    for (const vector of vectors.json<RetargetVector[]>("chain/retargets.json")) {
      const params = networkByName(vector.network === "signet" ? "signet" : "mainnet");
      const rule = params.retarget as BitcoinRule;
      const bits =
        vector.first_bits === undefined
          ? retargetedBits(bitsOf(vector.old_bits), vector.actual_timespan, rule, params)
          : bip94Bits(vector, rule);
      assert.equal(bits.toString(16), vector.new_bits, JSON.stringify(vector));
    }
  });

  const work = vectors.json<WorkVectors>("chain/chainwork.json");

  test("work of a block", () => {
    for (const { bits, work: expected } of work.block_work)
      assert.equal(workOfBits(bitsOf(bits)), BigInt(`0x${expected}`));
  });

  test("chain work from retarget to retarget, up to height 822,528", () => {
    for (const [i, to] of work.retarget_block_headers.entries()) {
      assert.equal(blockHashOf(headerFromBytes(fromHex(to.header))), to.hash);
      const from = work.retarget_block_headers[i - 1];
      if (from === undefined || to.height - from.height !== 2016) continue;
      const period = 2015n * workOfBits(bitsOf(from.bits)) + workOfBits(bitsOf(to.bits));
      assert.equal(BigInt(`0x${to.chainwork}`) - BigInt(`0x${from.chainwork}`), period, `height ${to.height}`);
    }
  });

  test("subsidies", () => {
    const facts = vectors.json<{ mainnet: { subsidy: { height: number; satoshis: number }[] } }>(
      "chain/network-facts.json",
    );
    for (const { height, satoshis } of facts.mainnet.subsidy) {
      assert.equal(subsidyAt(height, mainnet), BigInt(satoshis), `height ${height}`);
    }
  });

  test("genesis blocks, byte for byte", () => {
    const blocks = vectors.json<Record<string, { hash: string; raw: string }>>("chain/genesis-blocks.json");
    for (const [ours, theirs] of [
      ["mainnet", "mainnet"],
      ["testnet", "testnet3"],
      ["signet", "signet"],
      ["regtest", "regtest"],
    ] as const) {
      const { genesis } = networkByName(ours);
      assert.equal(genesis.hash, blocks[theirs]?.hash);
      assert.equal(toHex(encodeBlock(genesis)), blocks[theirs]?.raw);
    }
    for (const { hash, raw } of Object.values(blocks)) assert.equal(blockFromBytes(fromHex(raw)).hash, hash);
  });
});

/** Runs a whole made-up period: its first block's bits must be the base, not its last one's. */
function bip94Bits(vector: RetargetVector, rule: BitcoinRule): number {
  const line = new HeaderLine();
  for (let height = 0; height < 2016; height++) {
    const last = height === 2015;
    line.push({ time: last ? vector.actual_timespan : 0, bits: bitsOf(last ? vector.last_bits : vector.first_bits) });
  }
  return bitcoinBits(line.tip(), 0, line, { ...rule, bip94: true }, mainnet);
}
