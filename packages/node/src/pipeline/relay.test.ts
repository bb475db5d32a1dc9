import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { genesisEntry } from "@forkyard/consensus/rules/genesis-entry";
import { blockFromBytes, encodeBlock } from "@forkyard/core/block";
import { RuleError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { refused } from "../chain/block-verdict.ts";
import { ChainWorld } from "../testing/chain-world.ts";
import { decodeGossipedBlock, type RelayDecision, relayDecision } from "./relay.ts";

function decided(code: string): RelayDecision {
  return relayDecision(refused(new RuleError(code)), genesisEntry(networkByName("regtest")));
}

describe("relaying a block", () => {
  test("a block on the best chain goes on; so does one of equal work, as everybody should see the race", async () => {
    const world = await ChainWorld.open();
    const [block, rival] = [world.build(), world.build()];
    assert.deepEqual(relayDecision(world.submit(block), world.chain.tip), { verdict: "accept" });
    assert.deepEqual(relayDecision(world.submit(rival), world.chain.tip), { verdict: "accept" });
  });

  test("older side branches, and what is known already, stay here", async () => {
    const world = await ChainWorld.open();
    const [first] = world.grow(2);
    const old = world.build({ on: world.params.genesis.hash });
    assert.deepEqual(relayDecision(world.submit(old), world.chain.tip), { verdict: "ignore" });
    assert.deepEqual(relayDecision(world.submit(first as never), world.chain.tip), { verdict: "ignore" });
  });

  test("a block on an unknown parent is dropped without blame, and its sender asked for the headers before it", async () => {
    const world = await ChainWorld.open();
    const elsewhere = await ChainWorld.open();
    const [parent] = elsewhere.grow(1);
    const orphan = elsewhere.build();
    assert.deepEqual(relayDecision(world.submit(orphan), world.chain.tip), {
      verdict: "ignore",
      askForHeaders: parent?.hash,
    });
  });

  test("a broken rule is told with the verdict", () => {
    assert.deepEqual(decided("bad-cb-amount"), { verdict: "reject", reason: "bad-cb-amount" });
    assert.deepEqual(decided("time-too-new"), { verdict: "ignore", reason: "time-too-new" });
  });

  test("bytes that are no block are nothing; those of a block are the block", async () => {
    const world = await ChainWorld.open();
    const block = world.build();
    const bytes = encodeBlock(block);
    assert.equal(decodeGossipedBlock(bytes, blockFromBytes)?.hash, block.hash);
    assert.equal(decodeGossipedBlock(bytes.subarray(1), blockFromBytes), undefined);
    assert.equal(decodeGossipedBlock(new Uint8Array(0), blockFromBytes), undefined);
    assert.equal(decodeGossipedBlock(Uint8Array.of(...bytes, 0), blockFromBytes), undefined);
  });
});
