import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Scenario } from "./model.ts";
import { parseScenario } from "./parse-scenario.ts";
import { ScenarioFileError } from "./scenario-file-error.ts";

const docs = readFileSync(new URL("../../../../docs/scenarios.md", import.meta.url), "utf8");
const example = /## An example\n\n```yaml\n([\s\S]*?)```/.exec(docs)?.[1] ?? "";

const MINIMAL = `title: t
nodes:
  a: 60%
  b: { hash: rest }
wallets:
  alice: { node: a, coins: 10 btc }
  bob: b
timeline:
  - pay: { id: rent, from: alice, to: bob, amount: 1 btc }
expect:
  - oneTip: all
`;

/** The first mistake of a file. */
function mistakeIn(text: string): string {
  let message = "";
  assert.throws(
    () => parseScenario(text, "f.yaml"),
    (error) => {
      assert.ok(error instanceof ScenarioFileError);
      message = error.message;
      return true;
    },
  );
  assert.doesNotMatch(message, /\n/);
  return message;
}

function parsed(text: string): Scenario {
  return parseScenario(text, "folder/f.yaml");
}

test("the example of the documentation parses, with everything filled in", () => {
  const scenario = parsed(example);
  assert.equal(scenario.name, "f");
  assert.deepEqual(
    scenario.nodes.map(({ name, hashShare, group }) => [name, Math.round(hashShare * 1e6) / 1e6, group]),
    [
      ["exchange", 0, undefined],
      ["honest1", 0.133333, "honest"],
      ["honest2", 0.133333, "honest"],
      ["honest3", 0.133333, "honest"],
      ["mallory", 0.6, undefined],
    ],
  );
  assert.equal(scenario.links.length, 10);
  assert.deepEqual(scenario.links[0], {
    between: ["exchange", "honest1"],
    latencyMs: 50,
    jitterMs: 10,
    bytesPerSecond: undefined,
    loss: 0,
  });
  assert.equal(scenario.timeLimitMs, 2 * 86_400_000);
  assert.deepEqual(scenario.network, {
    rules: "devnet",
    blockIntervalMs: 600_000,
    retarget: "none",
    coinbaseMaturity: 100,
    bootstrapBlocks: 110,
  });
  const [first, second] = scenario.timeline;
  assert.deepEqual(first?.when, { kind: "at", atMs: 600_000 });
  assert.deepEqual(
    first?.actions.map((action) => (action.kind === "command" ? action.command.kind : action.kind)),
    ["pay", "withhold-before", "double-spend"],
  );
  assert.equal(second?.when.kind, "all");
  assert.deepEqual(
    scenario.expectations.map(({ text }) => text),
    [
      "exchange's deepest reorganisation takes back at least 6 blocks",
      "deposit is reversed on exchange",
      "refund is confirmed on exchange",
      "exchange, honest1, honest2, honest3 and mallory have one tip",
      "the coins of exchange add up to what was issued",
    ],
  );
});

test("a mistake is told with file, line and column, on one line", () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["title: t", "titel: t", /^f\.yaml:1:1: unknown key "titel": did you mean "title"\? \(allowed here: title, worlds/],
    ["pay: {", "pya: {", /^f\.yaml:9:5: unknown key "pya": did you mean "pay"\?/],
    ["a: 60%", "a: 70", /^f\.yaml:3:6: .*a share such as 40%, or "rest"/],
    ["a: 60%", "a: 120%", /^f\.yaml:3:3: hash shares add up to 120%/],
    ["{ hash: rest }", "30%", /^f\.yaml:3:3: hash shares add up to 90%: they must add up to 100%/],
    ["from: alice", "from: alise", /^f\.yaml:9:28: unknown wallet "alise": did you mean "alice"\?/],
    ["bob: b", "bob: c", /^f\.yaml:7:8: unknown node "c"/],
    ["amount: 1 btc", "amount: 1", /^f\.yaml:9:\d+: an amount has a unit/],
    ["oneTip: all", "oneTip: [a, z]", /^f\.yaml:11:17: unknown node "z"/],
    ["oneTip: all", "payment: { id: rant, on: a, fate: confirmed }", /^f\.yaml:11:20: unknown payment "rant"/],
    ["oneTip: all", "payment: { id: rent, on: a, fate: gone }", /it is one of confirmed, mempool, reversed/],
    ["oneTip: all", "reorg: { on: a }", /^f\.yaml:11:5: the key "depth" is missing/],
    ["oneTip: all", "reorg: { on: a, depth: {} }", /a bound is a value, or has atLeast, atMost or both/],
    ["  - oneTip: all", "  oneTip: all", /^f\.yaml:11:3: a list is expected here, not a mapping/],
    ["expect:\n  - oneTip: all\n", "", /the key "expect" is missing/],
    ["title: t", "title: t\nactors: { m: { kind: wizard } }", /^f\.yaml:2:22: unknown kind of actor "wizard"/],
    ["title: t", "title: t\ntopology: []", /^f\.yaml:2:11: b cannot be reached from a/],
    ["title: t", "title: t\ntopology: [{ between: [a, a] }]", /^f\.yaml:2:23: a linked to itself/],
    ["title: t", "title: t\ntopology: { random: 5 }", /2 nodes cannot have 5 links each/],
    [
      "title: t",
      "title: t\ntopology: [{ between: [a, b] }, { between: [b, a] }]",
      /^f\.yaml:2:44: b and a are linked already/,
    ],
    ["title: t", "title: t\ntimeLimit: 10", /^f\.yaml:2:12: a duration has a unit/],
    ["title: t", "title: t\nend: { height: { on: z, atLeast: 3 } }", /^f\.yaml:2:22: unknown node "z"/],
    [
      "title: t",
      "title: t\nend: { at: 1h, oneTip: all }",
      /a condition has exactly one of .*not at and oneTip together/,
    ],
    ["title: t", "title: t\nworlds: [live]", /the simulator is always one of them/],
    ["title: t", "title: t\ntitle: u", /^f\.yaml:2:1: /],
    ["title: t", 'title: "a\\u001b[31m"', /control characters/],
    ["title: t", "title: *x", /^f\.yaml:1:8: there is no anchor &x above/],
    ["title: t", "title: \ufffd", /^f\.yaml:1:\d: this is not UTF-8 text/],
    ["nodes:", "ndoes:", /^f\.yaml:2:1: unknown key "ndoes": did you mean "nodes"\?/],
    ["title: t", "title: t\nlink: { loss: 100% }", /^f\.yaml:2:15: less than 100%/],
    ["title: t", "title: t\nlink: { bandwidth: 0 Mbit/s }", /^f\.yaml:2:20: more than 0 kbit\/s/],
    ["title: t", "title: t\nend: { at: 25h }", /^f\.yaml:2:12: at 25h is never: the run is over at its timeLimit, 1d/],
    ["  - pay", "  - at: 2d\n    pay", /^f\.yaml:9:9: at 2d is never/],
    ["amount: 1 btc", "amount: 0 btc", /^f\.yaml:9:\d+: a payment is more than 0 sat/],
    ["  - pay", "  - hashPower: {}\n  - pay", /^f\.yaml:9:16: a mapping of nodes to shares/],
    ["  - pay", "  - partition: [[a, b], [b]]\n  - pay", /^f\.yaml:9:25: b is in another group already/],
    ["  - pay", "  - link: { between: [b, b], up: false }\n  - pay", /^f\.yaml:9:22: b and b are not linked/],
    ["  - pay", "  - doubleSpend: { id: x, of: x, into: hold }\n  - pay", /^f\.yaml:9:31: a payment cannot contradict/],
    [
      "oneTip: all",
      "reorg: { on: a, depth: { atLeast: 3, atMost: 2 } }",
      /^f\.yaml:11:28: atLeast is more than atMost/,
    ],
    ["oneTip: all", "reorg: { on: a, depth: -1 }", /^f\.yaml:11:28: at least 0 is needed/],
    ["  - oneTip: all\n", "  - oneTip: all\n---\ntitle: u\n", /^f\.yaml:12:1: a file holds one scenario/],
    ["title: t", "title: [", /^f\.yaml:\d+:\d+: /],
    ["a: 60%", "A: 60%", /^f\.yaml:3:3: a name is 1 to 32 lower-case letters/],
    ["rent, from", "rent, when: 1, from", /unknown key "when"/],
    ["  - pay", "  - heal: true\n    pay", /a step has one action: put pay and heal into a list under do/],
    ["  - pay", "  - at: 5m\n    note: x\n  - at: 3m\n    pay", /^f\.yaml:11:9: at 3m comes after at 5m/],
    [
      "  - pay",
      "  - publish: { node: a, branch: x }\n  - pay",
      /^f\.yaml:9:33: unknown branch of a "x" \(there is none\)/,
    ],
    [
      "  - oneTip: all\n",
      "  - oneTip: all\nvariants: { v: { set: { nodes.a.hash: 80%, nodes.c.hash: 1% } } }",
      /there is no "c" in nodes/,
    ],
    [
      "  - oneTip: all\n",
      "  - oneTip: all\nvariants: { v: { set: { nodes.a.hash: 180% } } }",
      /in the variant v: hash shares add up/,
    ],
    [
      "  - oneTip: all\n",
      "  - oneTip: all\nsweep: { ranges: { nodes.a.hash: [10%, 110%] }, measures: [passed] }",
      /hash shares add up/,
    ],
  ];
  for (const [from, to, expected] of cases) {
    assert.ok(MINIMAL.includes(from), from);
    assert.match(mistakeIn(MINIMAL.replace(from, to)), expected, to);
  }
  parsed(MINIMAL);
  for (const text of ["", "# nothing\n"]) assert.match(mistakeIn(text), /^f\.yaml:1:1: the file is empty/);
});

function withActor(actor: string): string {
  return `${MINIMAL}actors:\n  desk: ${actor}\n`;
}

test("options of an actor are checked by its kind, and what they name", () => {
  assert.equal(
    parsed(withActor("{ kind: merchant, wallet: bob, confirmations: 3 }")).actors[0]?.options["confirmations"],
    3,
  );
  assert.match(
    mistakeIn(withActor("{ kind: merchant, wallet: bobb, confirmations: 3 }")),
    /^f\.yaml:13:35: unknown wallet "bobb"/,
  );
  assert.match(
    mistakeIn(withActor("{ kind: merchant, wallet: bob, confirmation: 3 }")),
    /unknown key "confirmation": did you mean "confirmations"\?/,
  );
  assert.match(mistakeIn(withActor("{ kind: merchant }")), /^f\.yaml:13:\d+: the key "wallet" is missing/);
});

function paid(id: string): string {
  return `payment: { id: ${id}, on: a, fate: reversed }`;
}

test("what an actor makes and tells is known by its kind", () => {
  const thief = "{ kind: double-spender, wallet: alice, victim: bob, amount: 1 btc }";
  const expecting = (expectation: string, actor: string = thief): string =>
    withActor(actor).replace("oneTip: all", expectation);
  parsed(expecting(paid("desk.pay-12")));
  assert.match(mistakeIn(expecting(paid("desk.pay-0"))), /^f\.yaml:11:20: unknown payment "desk\.pay-0"/);
  assert.match(mistakeIn(expecting(paid("desk.pay"))), /did you mean "desk\.pay-N"\?/);
  assert.match(mistakeIn(expecting(paid("other.pay-1"))), /unknown payment "other\.pay-1"/);
  parsed(expecting("result: { desk.stole: true }"));
  assert.match(
    mistakeIn(expecting("result: { desk.stoll: true }")),
    /^f\.yaml:11:27: unknown result of desk "stoll": did you mean "stole"\?/,
  );
  assert.match(mistakeIn(expecting("result: { desk: true }")), /^f\.yaml:11:15: a result is ACTOR\.FIELD/);
  assert.match(
    mistakeIn(`${withActor(thief)}sweep: { ranges: { seed: [1] }, measures: [desk.stolen] }\n`),
    /^f\.yaml:14:44: unknown result of desk "stolen"/,
  );
  assert.match(
    mistakeIn(withActor(thief).replace("  - pay", "  - adjust: { actor: desk, halted: true }\n  - pay")),
    /^f\.yaml:9:22: desk is neither a merchant nor an exchange/,
  );
  assert.match(
    mistakeIn(MINIMAL.replace("  - pay", "  - adjust: { actor: desk }\n  - pay")),
    /^f\.yaml:9:13: say what changes: confirmations, halted/,
  );
});

test("a group stands for all of its members where a step acts on nodes", () => {
  const { timeline } = parsed(`title: t
nodes: { a: , g: { count: 2 } }
timeline:
  - do: [{ stop: g }, { start: { node: g, disk: keep } }, { clock: { node: g, offset: +1s } }]
  - rules: { node: g, rules: none }
  - invalidate: { node: g, tipOf: a }
  - reconsider: g
expect: [{ oneTip: all }]
`);
  const nodes = timeline.map(({ actions }) =>
    actions.map((action) => ("command" in action && "node" in action.command ? action.command.node : action)),
  );
  assert.deepEqual(nodes[0], ["g1", "g2", "g1", "g2", "g1", "g2"]);
  assert.deepEqual(
    nodes.map((each) => each.length),
    [6, 2, 2, 2],
  );
});

test("what an untrusted file may not do", () => {
  const bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 9; i++)
    bomb.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(", ")}]`,
    );
  assert.match(mistakeIn(bomb.join("\n")), /more than 100000 values/);
  assert.match(mistakeIn("[".repeat(100_000)), /nested more than 24 deep/);
  assert.match(mistakeIn(`x: ${"[".repeat(30)}${"]".repeat(30)}`), /nested more than 24 deep/);
  assert.match(
    mistakeIn(Array.from({ length: 500 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")),
    /nested more than 24 deep/,
  );
  assert.match(mistakeIn("a: &x [*x]"), /f\.yaml:1:\d+: /);
  assert.match(mistakeIn(" ".repeat(1_000_001)), /at most 1000000 bytes/);
  assert.match(mistakeIn(`${MINIMAL}__proto__: { x: 1 }`), /a key is a word/);
  assert.match(mistakeIn(`"\\u001b[2J": 1`), /^\P{Cc}*$/u);
  assert.match(mistakeIn(`${MINIMAL}x: !!js/function "f"`), /^f\.yaml:12:4: /);
});

test("groups, repetitions, settings and variants", () => {
  const scenario = parseScenario(
    `# What it is about.
# yaml-language-server: $schema=x
# And more.
title: t
nodes: { shop: { }, miners: { hash: 100%, count: 2 } }
topology: { star: shop, links: [{ between: [miners, miners], latency: 2s }] }
wallets: { alice: { node: shop, coins: 5000 sat } }
timeline:
  - at: 1m
    repeat: { every: 30s, times: 3 }
    pay: { id: tea, from: alice, to: alice, amount: 10 sat }
  - partition: [[shop], [miners]]
  - hashPower: { miners: 50% }
end: { confirmations: { payment: tea-3, on: miners2, atLeast: 1 } }
expect: [{ blocksShare: { on: shop, miner: miners, share: { atLeast: 90% } } }]
variants:
  slow: { set: { network: { blockInterval: 1h }, nodes.shop.defences: [{ finality: 3 }] } }
`,
    "x/groups.yml",
    { settings: { seed: 9 } },
  );
  assert.equal(scenario.explanation, "What it is about.\nAnd more.");
  assert.equal(scenario.seed, 9);
  assert.deepEqual(
    scenario.links.map(({ between, latencyMs }) => [...between, latencyMs]),
    [
      ["shop", "miners1", 100],
      ["shop", "miners2", 100],
      ["miners1", "miners2", 2000],
    ],
  );
  const [pay, cut, power] = scenario.timeline;
  assert.deepEqual(
    pay?.repeats.map(({ afterMs }) => afterMs),
    [30_000, 60_000],
  );
  assert.deepEqual(cut?.actions, [
    { kind: "command", command: { kind: "partition", groups: [["shop"], ["miners1", "miners2"]] } },
  ]);
  assert.equal(power?.actions.length, 2);
  const [slow] = scenario.variants;
  assert.equal(slow?.scenario.network.blockIntervalMs, 3_600_000);
  assert.deepEqual(slow?.scenario.nodes[0]?.defences, [{ kind: "finality", maxDepth: 3 }]);
});

function randomNet(seed: number): string {
  return `title: t\nseed: ${seed}\nnodes: { n: { hash: 100%, count: 200 } }\ntopology: { random: 8 }\nexpect: [{ oneTip: all }]\n`;
}

test("a random topology is connected, has the degree, and is the same for a seed", () => {
  const [one, again, other] = [parsed(randomNet(1)), parsed(randomNet(1)), parsed(randomNet(2))];
  assert.equal(one.links.length, 800);
  assert.deepEqual(one.links, again.links);
  assert.notDeepEqual(one.links, other.links);
});
