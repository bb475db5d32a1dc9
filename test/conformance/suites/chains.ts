import assert from "node:assert/strict";
import { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { reorgPlan } from "@forkyard/consensus/fork-choice/reorg-plan";
import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import { genesisEntry } from "@forkyard/consensus/rules/genesis-entry";
import { scriptChecks } from "@forkyard/consensus/rules/script/script-check";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import { TestChain } from "@forkyard/consensus/testing/test-chain";
import type { Block } from "@forkyard/core/block";
import { fromHex } from "@forkyard/core/bytes/bytes";
import type { ChainEntry } from "@forkyard/core/chain";
import { blockHashOf, headerFromBytes } from "@forkyard/core/header";
import { HEADER_BYTES } from "@forkyard/core/limits";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { blockFromHex, framedBlocks } from "../support/framed-blocks.ts";
import { paramsOf } from "../support/real-block.ts";
import { curve } from "../support/spends.ts";
import { type Case, SkippedCase, type Suite, type VectorFile } from "../support/suite.ts";

const FRAMED_FILE = /^blocks\/([a-z0-9]+)-(\d+)-(\d+)\.blk(\.gz)?$/;
const REORG_FILE = /^blocks\/([a-z0-9]+)-reorg\.json$/;
const HEADER_FILE = /^(chain\/([a-z0-9]+)-headers-\d+-\d+)\.bin(\.gz)?$/;
const HEADER_FACTS_FILE = /^(chain\/[a-z0-9]+-headers-\d+-\d+)\.facts\.json$/;
const FORK_FILE = /^chain\/([a-z0-9]+)-headers-fork-from-genesis\.hex$/;

export const framedChains: Suite = { files: FRAMED_FILE, cases: framedCases };
export const reorganisations: Suite = { files: REORG_FILE, cases: reorgCases };
export const headerChains: Suite = { files: HEADER_FILE, cases: headerCases };
export const headerFacts: Suite = { files: HEADER_FACTS_FILE, cases: headerFactCases };
export const headerForks: Suite = { files: FORK_FILE, cases: forkCases };

function* framedCases(file: VectorFile): Iterable<Case> {
  const [, network, , last] = FRAMED_FILE.exec(file.path) as RegExpExecArray;
  yield {
    name: "connected from genesis, undone back to it, and connected again to the same coins",
    check: () => {
      const params = paramsOf(network ?? "");
      const blocks = framedBlocks(file.bytes(), params.magic).filter(({ hash }) => hash !== params.genesis.hash);
      if (blocks[0]?.header.prevHash !== params.genesis.hash) {
        throw new SkippedCase("its first block does not stand on the genesis block");
      }
      const chain = new TestChain(params);
      connectAll(chain, blocks);
      assert.equal(chain.tip.height, Number(last), "as high as the file's name says");
      const coins = chain.coins.snapshot();
      while (chain.tip.height > 0) chain.disconnect();
      assert.equal(chain.coins.size, 0, "nothing is left at genesis");
      connectAll(chain, blocks);
      assert.deepEqual(chain.coins.snapshot(), coins);
    },
  };
}

function connectAll(chain: TestChain, blocks: readonly Block[]): void {
  for (const block of blocks) for (const check of scriptChecks(chain.connect(block).scripts)) verifyInput(check, curve);
}

interface ReorgVector {
  readonly branch_a: readonly { readonly raw: string }[];
  readonly branch_b: readonly { readonly raw: string }[];
  readonly expected_tip: { readonly hash: string; readonly height: number; readonly blocks_disconnected?: number };
}

function* reorgCases(file: VectorFile): Iterable<Case> {
  const [, network] = REORG_FILE.exec(file.path) as RegExpExecArray;
  yield {
    name: "the second branch takes over",
    check: () => {
      const { branch_a: first, branch_b: second, expected_tip: expected } = file.json<ReorgVector>();
      const chain = new TestChain(paramsOf(network ?? ""));
      connectAll(
        chain,
        first.map(({ raw }) => blockFromHex(raw)),
      );
      const before = chain.tip;
      const bodies = new Map(second.map(({ raw }) => [blockFromHex(raw).hash, blockFromHex(raw)]));
      for (const block of bodies.values()) chain.accept(block);
      const best = chain.tree.bestCandidate();
      assert.deepEqual([best.hash as string, best.height], [expected.hash, expected.height]);
      const plan = reorgPlan(chain.tree, before, best);
      if (expected.blocks_disconnected !== undefined)
        assert.equal(plan.disconnect.length, expected.blocks_disconnected);
      for (const _ of plan.disconnect) chain.disconnect();
      connectAll(
        chain,
        plan.connect.map(({ hash }) => bodies.get(hash) as Block),
      );
      assert.equal(chain.tip.hash, expected.hash);
    },
  };
}

/** Links, work, retargets, times; where facts are beside it, hashes and chain work too. */
function* headerCases(file: VectorFile): Iterable<Case> {
  yield {
    name: "links, work, times, retargets",
    check: () => {
      acceptAll(file);
    },
  };
}

interface HeaderFacts {
  readonly count: number;
  readonly tip_hash: string;
  readonly tip_height: number;
  readonly tip_chainwork?: string;
  readonly samples?: readonly { readonly height: number; readonly hash: string; readonly chainwork: string }[];
}

function* headerFactCases(file: VectorFile): Iterable<Case> {
  const [, stem] = HEADER_FACTS_FILE.exec(file.path) as RegExpExecArray;
  yield {
    name: "tip, hashes, chain work",
    check: () => {
      const headers = file.other(`${stem}.bin.gz`) ?? file.other(`${stem}.bin`);
      if (headers === undefined) throw new SkippedCase("the headers are not in this folder");
      const facts = file.json<HeaderFacts>();
      const tree = acceptAll(headers);
      const tip = tree.bestHeader();
      assert.deepEqual([tree.size, tip.hash as string, tip.height], [facts.count, facts.tip_hash, facts.tip_height]);
      if (facts.tip_chainwork !== undefined) assert.equal(tip.chainWork, BigInt(`0x${facts.tip_chainwork}`));
      for (const { height, hash, chainwork } of facts.samples ?? []) {
        const entry = tree.ancestor(tip, height);
        assert.deepEqual([entry.hash as string, entry.chainWork], [hash, BigInt(`0x${chainwork}`)]);
      }
    },
  };
}

/** Headers, one a line, that stand on the genesis block beside the main chain. */
function* forkCases(file: VectorFile): Iterable<Case> {
  const [, network] = FORK_FILE.exec(file.path) as RegExpExecArray;
  yield {
    name: "accepted on the genesis block",
    check: () => {
      const params = paramsOf(network ?? "");
      const tree = new HeaderTree(genesisEntry(params));
      for (const line of file.text().trim().split("\n")) accept(tree, fromHex(line), params);
      assert.ok(tree.bestHeader().height > 0);
    },
  };
}

function acceptAll(file: VectorFile): HeaderTree {
  const [, , network] = HEADER_FILE.exec(file.path) as RegExpExecArray;
  const params = paramsOf(network ?? "");
  const tree = new HeaderTree(genesisEntry(params));
  const bytes = file.bytes();
  for (let at = 0; at < bytes.length; at += HEADER_BYTES) accept(tree, bytes.subarray(at, at + HEADER_BYTES), params);
  return tree;
}

/** Accepts a header on its parent, as a node does whose clock shows the header's own time. */
function accept(tree: HeaderTree, bytes: Uint8Array, params: NetworkParams): void {
  const header = headerFromBytes(bytes);
  const hash = blockHashOf(header);
  if (hash === params.genesis.hash) return;
  const parent: ChainEntry | undefined = tree.get(header.prevHash);
  if (parent === undefined) throw new SkippedCase("its first header does not stand on the genesis block");
  tree.add(acceptHeader(header, hash, parent, tree, params, header.time));
}
