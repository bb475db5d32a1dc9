import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadDevnetConfig } from "@forkyard/devnet/config/load-config";
import { type DevnetPlan, planDevnet } from "@forkyard/devnet/config/plan-devnet";
import * as fc from "fast-check";
import { fundingTurns, turnAt } from "../../docker/src/funding-turns.ts";
import { takeTurns } from "../../docker/src/take-turns.ts";

const MATURITY = 100;

function planOf(nodes: number): DevnetPlan {
  return planDevnet(loadDevnetConfig(undefined, { nodes }));
}

describe("funding turns", () => {
  test("a block for each wallet by the node that holds it, then the miners' blocks until all rewards may be spent", () => {
    const turns = fundingTurns(planOf(5), MATURITY);
    assert.deepEqual(
      turns.map(({ node, wallet, from, until }) => `${from}-${until} ${wallet} on ${node}`),
      [
        "0-1 alice on node1",
        "1-2 bob on node2",
        "2-3 merchant on node3",
        "3-4 miner1 on node1",
        "4-5 miner2 on node2",
        "5-6 miner3 on node3",
        "6-7 miner4 on node4",
        "7-8 miner5 on node5",
        "8-28 miner1 on node1",
        "28-48 miner2 on node2",
        "48-68 miner3 on node3",
        "68-88 miner4 on node4",
        "88-108 miner5 on node5",
      ],
    );
  });

  test("every height belongs to exactly one turn, up to the last", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (count) => {
        const plan = planOf(count);
        const turns = fundingTurns(plan, MATURITY);
        const wallets = plan.nodes.flatMap((node) => node.wallets);
        const end = wallets.length + MATURITY;
        for (let height = 0; height < end; height++) {
          const turn = turnAt(turns, height);
          assert.ok(turn !== undefined && turn.from <= height && height < turn.until);
          assert.ok(plan.nodes.find((node) => node.name === turn.node)?.wallets.includes(turn.wallet));
        }
        assert.equal(turnAt(turns, end), undefined);
        assert.equal(turns.at(-1)?.until, end);
        assert.deepEqual(
          new Set(turns.filter((turn) => turn.until <= wallets.length).map((turn) => turn.wallet)),
          new Set(wallets),
        );
      }),
    );
  });
});

/** Nodes that share one chain at once, as good as a perfect network. */
class SharedChain {
  readonly rewards: string[] = [];
  peers = 4;

  member(name: string): Parameters<typeof takeTurns>[0]["node"] {
    const neighbours = ["a", "b", "c", "d"];
    const status = async (): Promise<unknown> => ({ height: this.rewards.length, peers: this.peers });
    const generate = async (blocks: number, address: string): Promise<readonly string[]> => {
      for (let block = 0; block < blocks; block++) this.rewards.push(address);
      return [];
    };
    const node = { name, state: { neighbours }, status, newAddress: async (wallet: string) => wallet, generate };
    return node as unknown as Parameters<typeof takeTurns>[0]["node"];
  }
}

describe("taking turns", () => {
  const plan = planOf(5);
  const turns = fundingTurns(plan, MATURITY);
  const signal = new AbortController().signal;

  test("nodes that know nothing of one another but the chain's height fund every wallet", async () => {
    const chain = new SharedChain();
    const take = (name: string): Promise<void> =>
      takeTurns({ node: chain.member(name), turns, say: () => {}, pause: async () => {}, signal });
    await Promise.all(plan.nodes.map((node) => take(node.name)));
    assert.equal(chain.rewards.length, 108);
    assert.deepEqual(
      chain.rewards.slice(0, 8),
      turns.slice(0, 8).map((turn) => turn.wallet),
    );
  });

  test("nobody mines before all peers are there, and it is said once for each number", async () => {
    const chain = new SharedChain();
    chain.peers = 1;
    const lines: string[] = [];
    let pauses = 0;
    const pause = async (): Promise<void> => {
      pauses += 1;
      assert.ok(pauses > 3 || chain.rewards.length === 0);
      if (pauses === 3) chain.peers = 4;
    };
    const node = chain.member("node1");
    await takeTurns({ node, turns: turns.slice(0, 1), say: (line) => lines.push(line), pause, signal });
    assert.deepEqual(lines, [
      "1 of 4 peers are there: wallets are funded when all are",
      "mined at full power for alice, up to height 1",
    ]);
  });

  test("a turn that was broken off is finished", async () => {
    const chain = new SharedChain();
    chain.rewards.push(...Array.from({ length: 95 }, () => "before"));
    await takeTurns({ node: chain.member("node5"), turns, say: () => {}, pause: async () => {}, signal });
    assert.equal(chain.rewards.length, 108);
  });

  test("an older chain is left alone, even without peers", async () => {
    const chain = new SharedChain();
    chain.rewards.push(...Array.from({ length: 108 }, () => "before"));
    chain.peers = 0;
    await takeTurns({ node: chain.member("node1"), turns, say: () => {}, pause: async () => {}, signal });
    assert.equal(chain.rewards.length, 108);
  });
});
