import assert from "node:assert/strict";
import { acceptBlock } from "@forkyard/consensus/rules/accept-block";
import { checkBlock } from "@forkyard/consensus/rules/check-block";
import { sumOfOutputs } from "@forkyard/consensus/rules/check-inputs";
import { connectBlock } from "@forkyard/consensus/rules/connect-block";
import { flagsForBlock, parseScriptFlags, type ScriptFlags } from "@forkyard/consensus/rules/script/flags";
import { scriptChecks } from "@forkyard/consensus/rules/script/script-check";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import { subsidyAt } from "@forkyard/consensus/rules/subsidy";
import { type Block, blockFromBytes, blockSize, blockWeight, encodeBlock } from "@forkyard/core/block";
import { equalBytes } from "@forkyard/core/bytes/bytes";
import { Transaction } from "@forkyard/core/tx";
import { coinsOf, contextOf, paramsOf, readSpent } from "../support/real-block.ts";
import { curve } from "../support/spends.ts";
import { type Case, SkippedCase, type Suite, type VectorFile } from "../support/suite.ts";

/** Network, height and hash are in a block's file name. */
const BLOCK_FILE = /^(blocks\/([a-z0-9]+)-(\d+)-([0-9a-f]{64}))\.raw(\.gz)?$/;
const SPENT_FILE = /^(blocks\/[a-z0-9]+-\d+-[0-9a-f]{64})\.spent\.jsonl(\.gz)?$/;

/** A row of blocks.json. */
interface BlockFacts {
  readonly network: string;
  readonly height: number;
  readonly hash: string;
  readonly file: string;
  readonly txs: number;
  readonly size: number;
  readonly weight: number;
  readonly fees?: number;
  readonly spent_file?: string;
  readonly script_flags_historical?: string;
}

/** A block, and where in which chain it stands. */
interface PlacedBlock {
  readonly network: string;
  readonly height: number;
  readonly hash: string;
  readonly bytes: Uint8Array;
  readonly block: Block;
}

export const blockFacts: Suite = { files: /^blocks\/blocks\.json$/, cases: factCases };
export const singleBlocks: Suite = { files: BLOCK_FILE, cases: blockCases };
export const spentOutputs: Suite = { files: SPENT_FILE, cases: spentCases };

function* factCases(file: VectorFile): Iterable<Case> {
  for (const facts of file.json<readonly BlockFacts[]>()) {
    yield {
      name: `${facts.network} ${facts.height}`,
      check: () => {
        const blockFile = file.other(`blocks/${facts.file}`);
        if (blockFile === undefined) throw new SkippedCase("the block is not in this folder");
        const { block } = readBlock(blockFile);
        assert.deepEqual(
          [block.hash, block.txs.length, blockSize(block), blockWeight(block)],
          [facts.hash, facts.txs, facts.size, facts.weight],
        );
        const today = flagsForBlock(block.hash, facts.height, paramsOf(facts.network));
        const historical = flagsOfHistory(facts.script_flags_historical ?? "NONE");
        assert.equal(today & historical, historical, "the rules of its time are among today's");
        const spentFile = facts.spent_file === undefined ? undefined : file.other(`blocks/${facts.spent_file}`);
        if (spentFile === undefined || facts.fees === undefined) return;
        assert.equal(connect(readBlock(blockFile), spentFile).fees, BigInt(facts.fees));
      },
    };
  }
}

/** The same bytes again, hash, and every rule that needs no coins. */
function* blockCases(file: VectorFile): Iterable<Case> {
  yield {
    name: "structure, work, merkle root, witness commitment, weight, height",
    check: () => {
      const placed = readBlock(file);
      assert.ok(
        equalBytes(
          encodeBlock({ ...placed.block, txs: placed.block.txs.map((tx) => new Transaction(tx)) }),
          placed.bytes,
        ),
        "the same bytes again",
      );
      assert.equal(placed.block.hash, placed.hash);
      if (placed.height === 0) checkBlock(placed.block, paramsOf(placed.network), curve);
      else accept(placed);
    },
  };
}

/** Sums, locks, sigops and every script of the block that spends these outputs. */
function* spentCases(file: VectorFile): Iterable<Case> {
  const [, stem] = SPENT_FILE.exec(file.path) as RegExpExecArray;
  yield {
    name: "the block connected and every script run",
    check: () => {
      const blockFile = file.other(`${stem}.raw`) ?? file.other(`${stem}.raw.gz`);
      if (blockFile === undefined) throw new SkippedCase("the block is not in this folder");
      const placed = readBlock(blockFile);
      const { fees, delta, scripts, coins } = connect(placed, file);
      const limit = subsidyAt(placed.height, paramsOf(placed.network)) + fees;
      assert.equal(sumOfOutputs(placed.block.txs[0] as Transaction), limit, "coinbase takes subsidy and fees");
      assert.equal(delta.spent.length, coins.size, "every coin is spent");
      for (const check of scriptChecks(scripts)) verifyInput(check, curve);
    },
  };
}

function accept(placed: PlacedBlock, spent: ReturnType<typeof readSpent> = []) {
  const params = paramsOf(placed.network);
  const context = contextOf(placed.block, placed.height, spent);
  const { entry, parent, ancestry } = context;
  const accepted = acceptBlock(checkBlock(placed.block, params, curve), entry, parent, ancestry, params);
  return { accepted, params, ...context };
}

function connect(placed: PlacedBlock, spentFile: VectorFile) {
  const spent = readSpent(spentFile.text());
  const { accepted, parent, ancestry, params } = accept(placed, spent);
  const coins = coinsOf(placed.block, spent);
  return { ...connectBlock(accepted, parent, coins, ancestry, params), coins };
}

function readBlock(file: VectorFile): PlacedBlock {
  const [, , network, height, hash] = BLOCK_FILE.exec(file.path) as RegExpExecArray;
  const bytes = file.bytes();
  return { network: network ?? "", height: Number(height), hash: hash ?? "", bytes, block: blockFromBytes(bytes) };
}

function flagsOfHistory(list: string): ScriptFlags {
  return parseScriptFlags(list.replace("CLTV", "CHECKLOCKTIMEVERIFY").replace("CSV", "CHECKSEQUENCEVERIFY"));
}
