import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { parseScenario } from "../../scenario/parse-scenario.ts";
import { livePlan } from "./live-plan.ts";

const PORT_BASE = 30_000;
const FILE = `title: A world
nodes:
  a: { hash: 100%, defences: [{ finality: 10 }], rules: version-below-4, clock: +2h }
  b: 0%
network: { blockInterval: 10m, retarget: bitcoin, maturity: 5 }
wallets:
  miner1: b
timeline:
  - at: 1m
    note: nothing
  - crash: CRASH
end: { at: 1h }
expect: [{ oneTip: all }]
`;

test("nodes are told of the network's pace and their defences; nobody's rewards go to a wallet of the scenario", () => {
  const { nodes } = livePlan(parseScenario(FILE.replace("CRASH", "{ node: b, disk: wipe }"), "world.yaml"), PORT_BASE);
  const network = { spacingSeconds: 600, retarget: "bitcoin", coinbaseMaturity: 5 };
  assert.deepEqual(nodes[0]?.laboratory, { defences: [{ kind: "finality", maxDepth: 10 }], network });
  assert.deepEqual(nodes[1]?.laboratory, { defences: [], network });
  assert.deepEqual(
    nodes.map(({ payTo, wallets }) => [payTo, wallets]),
    [
      ["miner1-rewards", ["miner1-rewards"]],
      ["miner2", ["miner1", "miner2"]],
    ],
  );
});

test("what no real node can do is refused before anything starts, with the line of the step", () => {
  const flipped = parseScenario(FILE.replace("CRASH", "{ node: b, disk: flip-bit }"), "world.yaml");
  assert.throws(() => livePlan(flipped, PORT_BASE), /the step on line 11 says "crash" with "disk: flip-bit"/);
  const simulated = parseScenario(`worlds: [sim]\n${FILE.replace("CRASH", "b")}`, "world.yaml");
  assert.throws(() => livePlan(simulated, PORT_BASE), InputError);
});
