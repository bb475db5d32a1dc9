import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Block } from "@forkyard/core/block";
import { inspectedWorld } from "../../checkers/testing/inspected-world.ts";
import { RandomStream } from "../../world/sim/random/stream.ts";
import { HOSTILE_MESSAGES, type HostileMessage } from "./hostile-action.ts";
import { HostilePeer } from "./hostile-peer.ts";

interface Attack {
  readonly made: readonly Block[];
  /** Rule codes of what the victim refused. */
  readonly refused: readonly string[];
  readonly orphans: number;
  readonly keptOut: boolean;
}

/** What comes of sending a message so often to node a. */
async function attack(message: HostileMessage, times: number): Promise<Attack> {
  const { world, events, node, pass } = await inspectedWorld();
  const made: Block[] = [];
  const random = new RandomStream(`hostile ${message}`);
  const peer = new HostilePeer({ name: "hostile1", victim: "a", world, random, made: (block) => made.push(block) });
  const tip = node("a").chain.tip.hash;
  let orphans = 0;
  for (let i = 0; i < times; i++) {
    peer.send(message);
    await pass(400);
    orphans = Math.max(orphans, node("a").mempool.orphanCount);
  }
  assert.equal(node("a").chain.tip.hash, tip, "nothing that it sends is worth following");
  const refused = events.flatMap((event) => (event.type === "refused" && event.node === "a" ? [event.code] : []));
  const keptOut = node("a").refuses("hostile1");
  assert.ok(!node("a").refuses("b") && !node("b").refuses("a"));
  peer.leave();
  return { made, refused, orphans, keptOut };
}

describe("hostile peer", () => {
  for (const message of HOSTILE_MESSAGES) {
    test(`${message}: a node withstands it`, async () => {
      await attack(message, 3);
    });
  }

  test("blocks that break a rule of money are refused for many reasons", async () => {
    const { refused, keptOut } = await attack("invalid-block", 40);
    const codes = new Set(refused);
    assert.ok(codes.has("bad-cb-amount") && codes.has("bad-txns-inputs-missingorspent"), [...codes].join(" "));
    assert.ok(codes.size >= 4, [...codes].join(" "));
    assert.ok(keptOut);
  });

  test("orphans are kept only so many", async () => {
    const { orphans } = await attack("orphan-flood", 2);
    assert.equal(orphans, 100);
  });
});
