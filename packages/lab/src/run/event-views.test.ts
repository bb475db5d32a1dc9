import assert from "node:assert/strict";
import { test } from "node:test";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { WorldEvent } from "../world/event.ts";
import { EventViews } from "./event-views.ts";
import { countForkHeads } from "./fork-heads.ts";

const START = { hash: hash("start"), height: 110 };
const TX = "aa".repeat(32) as Txid;

function hash(name: string): BlockHash {
  return Buffer.from(name).toString("hex").padStart(64, "0") as BlockHash;
}

function block(node: string, name: string, parent: string, height: number, txids: readonly Txid[] = []): WorldEvent {
  return { type: "block", atMs: 0, node, hash: hash(name), parent: hash(parent), height, miner: name[0] ?? "", txids };
}

function reorg(node: string, depth: number, fork: string, height: number): WorldEvent {
  return { type: "reorg", atMs: 0, node, depth, fork: { hash: hash(fork), height }, removed: [], added: [] };
}

function views(...events: readonly WorldEvent[]): EventViews {
  const made = new EventViews(START, ["x", "y"]);
  for (const event of events) made.apply(event);
  return made;
}

test("the active chain of each node follows its blocks and reorganisations", () => {
  const seen = views(
    block("x", "a1", "start", 111, [TX]),
    block("x", "a2", "a1", 112),
    block("y", "a1", "start", 111, [TX]),
    reorg("x", 2, "start", 110),
    block("x", "b1", "start", 111),
    block("x", "b2", "b1", 112),
    block("x", "b3", "b2", 113),
  );
  assert.deepEqual(seen.tip("x"), { hash: hash("b3"), height: 113 });
  assert.deepEqual(seen.activeAt("x", 111), { hash: hash("b1"), height: 111 });
  assert.equal(seen.activeAt("x", 114), undefined);
  assert.equal(seen.isActive("x", hash("a1")), false);
  assert.equal(seen.isActive("y", hash("a1")), true);
  assert.equal(seen.confirmations("x", TX), 0);
  assert.equal(seen.confirmations("y", TX), 1);
  assert.equal(seen.miner(hash("b3")), "b");
  assert.equal(seen.payments.fate("x", TX, false), "reversed");
});

test("a branch may fork off below what the scenario began with", () => {
  const seen = views(block("x", "a1", "start", 111), reorg("x", 4, "old", 107), block("x", "c1", "old", 108));
  assert.deepEqual(seen.tip("x"), { hash: hash("c1"), height: 108 });
  assert.deepEqual(seen.activeAt("x", 107), { hash: hash("old"), height: 107 });
  assert.equal(seen.activeAt("x", 110), undefined);
});

test("a secret branch grows, is published in parts and given up", () => {
  const seen = views();
  const withhold = { kind: "withhold", node: "x", branch: "s", fork: "tip" } as const;
  seen.performed(withhold, { ok: false, reason: "no" });
  assert.equal(seen.branch("x", "s"), undefined);
  seen.performed(withhold, { ok: true });
  for (const [name, parent, height] of [
    ["s1", "start", 111],
    ["s2", "s1", 112],
  ] as const) {
    const place = { hash: hash(name), parent: hash(parent), height };
    seen.apply({ type: "mined", atMs: 0, node: "x", branch: "s", bits: 0, timeSeconds: 0, txids: [], ...place });
  }
  seen.performed({ kind: "publish", node: "x", branch: "s", blocks: 1 }, { ok: true });
  const branch = seen.branch("x", "s");
  assert.deepEqual([branch?.fork.height, branch?.blocks.length, branch?.published, branch?.open], [110, 2, 1, true]);
  seen.performed({ kind: "publish", node: "x", branch: "s" }, { ok: true });
  seen.performed({ kind: "abandon", node: "x", branch: "s" }, { ok: true });
  assert.deepEqual([seen.branch("x", "s")?.published, seen.branch("x", "s")?.open], [2, false]);
});

test("fates of a payment", () => {
  const fate = (...events: readonly WorldEvent[]): string => {
    const seen = views(...events);
    return seen.payments.fate("x", TX, seen.confirmations("x", TX) > 0);
  };
  const told = (status: "mempool" | "dropped" | "replaced"): WorldEvent => ({
    type: "transaction",
    atMs: 0,
    node: "x",
    txid: TX,
    status,
  });
  assert.equal(fate(), "never-seen");
  assert.equal(fate(told("mempool")), "mempool");
  assert.equal(fate(told("mempool"), told("replaced")), "dropped");
  const mined = block("x", "a1", "start", 111, [TX]);
  assert.equal(fate(told("mempool"), mined), "confirmed");
  assert.equal(fate(mined, reorg("x", 1, "start", 110), told("mempool")), "reversed");
  assert.equal(fate(mined, reorg("x", 1, "start", 110), block("x", "b1", "start", 111, [TX])), "confirmed");
  assert.equal(views().payments.fate("x", undefined, false), "never-seen");
});

test("a node that lags behind is on the same chain, one on another branch is not", () => {
  const lagging = views(block("x", "a1", "start", 111), block("x", "a2", "a1", 112), block("y", "a1", "start", 111));
  assert.equal(countForkHeads(["x", "y"], lagging), 1);
  const forked = views(block("x", "a1", "start", 111), block("x", "a2", "a1", 112), block("y", "b1", "start", 111));
  assert.equal(countForkHeads(["x", "y"], forked), 2);
  assert.equal(countForkHeads(["x"], forked), 1);
});
