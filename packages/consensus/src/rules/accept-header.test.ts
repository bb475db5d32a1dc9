import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChainEntry } from "@forkyard/core/chain";
import { AssertionFault } from "@forkyard/core/errors";
import type { BlockHeader } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import { assertRule } from "../testing/assert-rule.ts";
import { buildBlock, mine } from "../testing/build-block.ts";
import { TestChain } from "../testing/test-chain.ts";
import { acceptHeader } from "./accept-header.ts";
import { genesisEntry } from "./genesis-entry.ts";

const regtest = networkByName("regtest");

/** A regtest chain of twelve blocks and a way to try headers on its tip. */
function setup(params: NetworkParams = regtest): {
  chain: TestChain;
  attempt: (header: Partial<BlockHeader>, nowSeconds?: number) => ChainEntry;
} {
  const chain = new TestChain(params);
  chain.grow(12);
  const attempt = (header: Partial<BlockHeader>, nowSeconds = chain.tip.header.time): ChainEntry => {
    const block = chain.build({ header });
    return acceptHeader(block.header, block.hash, chain.tip, chain.tree, params, nowSeconds);
  };
  return { chain, attempt };
}

describe("accept-header", () => {
  test("gives the entry: one higher, work added, no body yet", () => {
    const { chain, attempt } = setup();
    const entry = attempt({});
    assert.equal(entry.height, 13);
    assert.equal(entry.chainWork, chain.tip.chainWork + 2n);
    assert.deepEqual([entry.status, entry.sequence, entry.scheduleTime], ["header", 0, 0]);
  });

  test("high-hash: work is checked before anything else", () => {
    const { chain } = setup();
    const good = chain.build({ header: { time: 1, version: 1 } });
    const bad = mine(good.header, good.txs, false);
    assertRule("high-hash", () => acceptHeader(bad.header, bad.hash, chain.tip, chain.tree, regtest, 0));
  });

  test("bad-prevblk: nothing is built on an invalid block", () => {
    const { chain } = setup();
    const block = chain.build();
    const parent: ChainEntry = { ...chain.tip, status: "invalid" };
    assertRule("bad-prevblk", () => acceptHeader(block.header, block.hash, parent, chain.tree, regtest, 2e9));
  });

  test("bad-diffbits: the target is the one demanded, also when it is harder", () => {
    const { attempt } = setup();
    const error = assertRule("bad-diffbits", () => attempt({ bits: 0x207ffffe }));
    assert.deepEqual(error.data, { bits: "0x207ffffe", required: "0x207fffff" });
  });

  test("time-too-old: above the median of eleven, not above the parent", () => {
    const { chain, attempt } = setup();
    const median = chain.tip.header.time - 5 * regtest.spacingSeconds;
    assertRule("time-too-old", () => attempt({ time: median }));
    assert.equal(attempt({ time: median + 1 }).header.time, median + 1);
  });

  test("time-too-new: at most two hours ahead of the clock", () => {
    const { chain, attempt } = setup();
    const now = chain.tip.header.time;
    assert.equal(attempt({ time: now + 7200 }, now).height, 13);
    assertRule("time-too-new", () => attempt({ time: now + 7201 }, now));
  });

  test("bad-version: each of three soft forks raised the least version", () => {
    const activation = { ...regtest.activation, bip34: 5, bip66: 13, bip65: 14 };
    const params = { ...regtest, activation };
    const { chain, attempt } = setup(params);
    assert.deepEqual(assertRule("bad-version", () => attempt({ version: 1 })).data, {
      version: "0x00000001",
      height: 13,
    });
    assertRule("bad-version", () => attempt({ version: 2 }));
    assert.equal(attempt({ version: 3 }).height, 13);
    chain.grow(1);
    assertRule("bad-version", () => attempt({ version: 3 }));
    assert.equal(attempt({ version: 4 }).height, 14);
    assertRule("bad-version", () => attempt({ version: -1 }));
  });

  test("time-timewarp-attack: BIP94 bounds how far a period's first block reaches back", () => {
    const retarget = { kind: "bitcoin", intervalBlocks: 13, bip94: true } as const;
    const params: NetworkParams = { ...regtest, retarget };
    const chain = new TestChain({ ...regtest });
    chain.grow(12);
    const parentTime = chain.tip.header.time;
    const attempt = (time: number, under: NetworkParams): ChainEntry => {
      const block = buildBlock(chain.tip, under, { header: { time, bits: 0x207fffff } });
      return acceptHeader(block.header, block.hash, chain.tip, chain.tree, under, 2e9);
    };
    const easy = { ...params, spacingSeconds: 1 };
    assert.equal(attempt(parentTime - 600, easy).height, 13);
    assertRule("time-timewarp-attack", () => attempt(parentTime - 601, easy));
    const without: NetworkParams = { ...easy, retarget: { kind: "bitcoin", intervalBlocks: 13 } };
    assert.equal(attempt(parentTime - 601, without).height, 13);
  });

  test("devnet: bits follow the schedule and the clock is kept", () => {
    const devnet = networkByName("devnet");
    const chain = new TestChain(devnet);
    const first = buildBlock(chain.tip, devnet, { header: { time: devnet.genesis.header.time + 1 } });
    chain.connect(first);
    assert.equal(chain.tip.scheduleTime, 1);
    const unchanged = chain.build();
    assertRule("bad-diffbits", () =>
      acceptHeader(unchanged.header, unchanged.hash, chain.tip, chain.tree, devnet, 2e9),
    );
  });

  test("a header on another parent is our own mistake", () => {
    const { chain } = setup();
    const block = chain.build();
    assert.throws(
      () => acceptHeader(block.header, block.hash, genesisEntry(regtest), chain.tree, regtest, 2e9),
      AssertionFault,
    );
  });
});
