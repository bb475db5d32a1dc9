import assert from "node:assert/strict";
import { test } from "node:test";
import { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import { genesisEntry } from "@forkyard/consensus/rules/genesis-entry";
import { fromHex } from "@forkyard/core/bytes/bytes";
import type { ChainEntry } from "@forkyard/core/chain";
import { blockHashOf, headerFromBytes } from "@forkyard/core/header";
import { HEADER_BYTES } from "@forkyard/core/limits";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import { describeVectors } from "@forkyard/core/testing/vectors";

interface HeaderFacts {
  count: number;
  tip_hash: string;
  tip_height: number;
  tip_time: number;
  tip_chainwork?: string;
  samples?: { height: number; hash: string; chainwork: string }[];
}

/** Accepts a header on its parent as a node whose clock shows `now`. */
function accept(tree: HeaderTree, bytes: Uint8Array, params: NetworkParams, now: number): ChainEntry {
  const header = headerFromBytes(bytes);
  const parent = tree.get(header.prevHash) as ChainEntry;
  return tree.add(acceptHeader(header, blockHashOf(header), parent, tree, params, now));
}

/** Accepts all headers of a file behind genesis. */
function acceptAll(file: Uint8Array, params: NetworkParams, now: number): HeaderTree {
  const tree = new HeaderTree(genesisEntry(params));
  for (let at = HEADER_BYTES; at < file.length; at += HEADER_BYTES) {
    accept(tree, file.subarray(at, at + HEADER_BYTES), params, now);
  }
  return tree;
}

describeVectors("chain: real headers", (vectors) => {
  test("mainnet up to height 10,236: links, work, times, five retargets, chain work", () => {
    const facts = vectors.json<HeaderFacts>("chain/mainnet-headers-000000-010236.facts.json");
    const file = vectors.bytes("chain/mainnet-headers-000000-010236.bin.gz");
    const tree = acceptAll(file, networkByName("mainnet"), facts.tip_time);
    assert.equal(tree.size, facts.count);
    const tip = tree.bestHeader();
    assert.deepEqual([tip.hash, tip.height], [facts.tip_hash, facts.tip_height]);
    for (const { height, hash, chainwork } of facts.samples ?? []) {
      const entry = tree.ancestor(tip, height);
      assert.deepEqual([entry.hash, entry.chainWork], [hash, BigInt(`0x${chainwork}`)]);
    }
  });

  test("testnet up to height 546, and a light fork from genesis mined years later", () => {
    const testnet = networkByName("testnet");
    const facts = vectors.json<HeaderFacts>("chain/testnet3-headers-000000-000546.facts.json");
    const file = vectors.bytes("chain/testnet3-headers-000000-000546.bin.gz");
    const tree = acceptAll(file, testnet, facts.tip_time);
    const tip = tree.bestHeader();
    assert.deepEqual([tip.hash, tip.height], [facts.tip_hash, facts.tip_height]);
    assert.equal(tip.chainWork, BigInt(`0x${facts.tip_chainwork}`));
    for (const line of vectors.text("chain/testnet3-headers-fork-from-genesis.hex").trim().split("\n")) {
      accept(tree, fromHex(line), testnet, 1_600_000_000);
    }
    assert.equal(tree.tips().length, 2);
    assert.equal(tree.bestHeader(), tip);
  });
});
