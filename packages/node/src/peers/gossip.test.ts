import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { inputOf, payment } from "@forkyard/consensus/testing/build-block";
import { encodeBlock } from "@forkyard/core/block";
import type { Txid } from "@forkyard/core/hash";
import { networkByName } from "@forkyard/core/params/networks";
import { memoryChainStore } from "@forkyard/storage/open-chain-store";
import { ChainWorld, NOW_SECONDS } from "../testing/chain-world.ts";
import { DeferredScripts } from "../testing/deferred-scripts.ts";
import { type GossipParts, takeGossipedBlock } from "./gossip.ts";

async function gossipWorld(): Promise<{
  world: ChainWorld;
  scripts: DeferredScripts;
  said: string[];
  parts: GossipParts;
  base: Txid;
}> {
  const scripts = new DeferredScripts(selectCurve());
  const world = await ChainWorld.open(memoryChainStore(), networkByName("regtest"), scripts);
  const [first] = world.grow(100);
  scripts.deferring = true;
  const said: string[] = [];
  const parts: GossipParts = {
    chain: world.chain,
    transactions: undefined as never,
    nowSeconds: () => NOW_SECONDS,
    blame: (peer, reason) => void said.push(`${peer}: ${reason}`),
    unknownParent: (peer) => void said.push(`${peer}: unknown parent`),
  };
  return { world, scripts, said, parts, base: first?.txs[0]?.txid as Txid };
}

describe("the verdict on a gossiped block", () => {
  test("comes when its scripts are joined, and so does the blame", async () => {
    const { world, scripts, said, parts, base } = await gossipWorld();
    const spend = payment([inputOf(base, 0, { witness: [Uint8Array.of(1)] })], [1n]);
    const bad = world.build({ txs: [spend] });
    const good = world.build();
    const verdict = (given: string): void => void said.push(given);
    takeGossipedBlock(encodeBlock(bad), "mallory", parts, verdict);
    takeGossipedBlock(encodeBlock(good), "alice", parts, verdict);
    assert.deepEqual(said, []);
    scripts.answerAll();
    assert.deepEqual(said, ["mallory: mandatory-script-verify-flag-failed", "reject", "accept"]);
    assert.equal(world.chain.tip.hash, good.hash);
  });

  test("is there at once for what is no block, has no parent here or is known", async () => {
    const { world, scripts, said, parts } = await gossipWorld();
    const elsewhere = await ChainWorld.open();
    elsewhere.grow(2);
    const block = world.build();
    for (const payload of [Uint8Array.of(1), encodeBlock(elsewhere.build()), encodeBlock(block), encodeBlock(block)]) {
      takeGossipedBlock(payload, "bob", parts, (given) => void said.push(given));
    }
    assert.deepEqual(said, ["bob: undecodable block", "reject", "bob: unknown parent", "ignore", "ignore"]);
    scripts.answerAll();
    assert.equal(said.at(-1), "accept");
  });
});
