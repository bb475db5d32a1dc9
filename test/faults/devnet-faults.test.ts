/** The net is cut and healed twenty times, and random nodes are killed fifty times while it mines: nothing is lost. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { networkByName } from "@forkyard/core/params/networks";
import type { DevnetStatus } from "@forkyard/devnet/observe/status";
import { issuedUpTo } from "@forkyard/devnet/observe/supply";
import type { HealResult } from "@forkyard/devnet/partition/partition";
import { Home } from "../e2e/support/command.ts";
import { SeededRandom } from "../fuzz/support/seeded-random.ts";
import { SEED } from "./support/counts.ts";

const NODES = 5;
const PARTITIONS = 20;
const KILLS = 50;
const RECOVERY_LIMIT_MS = 60_000;

const random = new SeededRandom(`${SEED}/devnet`);

describe("a devnet that is treated badly", { timeout: 10 * 60 * 1000 }, () => {
  let home: Home;
  before(async () => {
    home = await Home.create(NODES);
    await home.json("up", "--nodes", String(NODES), "--port-base", String(home.portBase), "--detach");
  });
  after(() => home.remove());

  test(`${PARTITIONS} times partition and heal: one tip after each`, async (context) => {
    context.diagnostic(`FORKYARD_SEED=${SEED}`);
    let forks = 0;
    for (let round = 0; round < PARTITIONS; round++) {
      const cut = 1 + random.below(NODES - 1);
      const names = Array.from({ length: NODES }, (_, node) => node + 1);
      await home.json("partition", `${names.slice(0, cut).join(",")} / ${names.slice(cut).join(",")}`);
      const apart = await home.status();
      if (new Set(apart.nodes.map((node) => node.tip)).size > 1) forks += 1;
      const healed = await home.json<HealResult>("heal");
      assert.ok(healed.agreed, `round ${round}`);
    }
    context.diagnostic(`${forks} of ${PARTITIONS} cuts were seen to fork the chain`);
    await home.statusUntil((status) => status.agreed, RECOVERY_LIMIT_MS);
  });

  test(`${KILLS} times kill -9 of a random node: all back, one tip, the coins of all subsidies on every node`, async (context) => {
    context.diagnostic(`FORKYARD_SEED=${SEED}`);
    let kills = 0;
    while (kills < KILLS) {
      const { nodes } = await home.status();
      const victim = nodes[random.below(NODES)];
      if (victim === undefined || victim.pid === null || !victim.running) continue;
      process.kill(victim.pid, "SIGKILL");
      kills += 1;
    }
    const status = await home.statusUntil(
      (seen) => seen.agreed && seen.nodes.every((node) => (node.peers ?? 0) === NODES - 1),
      RECOVERY_LIMIT_MS,
    );
    assertCoins(status);
  });
});

function assertCoins(status: DevnetStatus): void {
  const { subsidyHalvingBlocks } = networkByName(status.network);
  const issued = Number(issuedUpTo(status.height, subsidyHalvingBlocks));
  for (const node of status.nodes) {
    assert.equal(node.coins?.total, issued, node.name);
    assert.equal(node.coins?.count, status.nodes[0]?.coins?.count, node.name);
  }
}
