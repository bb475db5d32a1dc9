/** Random calls, well-formed and mutated, to every RPC method: each is answered, and none is a fault of the node. */
import assert from "node:assert/strict";
import { encodeBlock } from "@forkyard/core/block";
import { toHex } from "@forkyard/core/bytes/bytes";
import { encodeHeader } from "@forkyard/core/header";
import { type Json, parseJson, writeJson } from "@forkyard/rpc/json/json";
import { RpcExecutor } from "@forkyard/rpc/json-rpc/execute";
import { METHODS } from "@forkyard/rpc/methods/table";
import { typeMismatch } from "@forkyard/rpc/params";
import { coinbaseTx } from "@forkyard/rpc/testing/fake-chain";
import { FakeNode } from "@forkyard/rpc/testing/fake-node";
import { fuzz } from "./support/fuzz.ts";
import { madeBlocks } from "./support/made-blocks.ts";
import { mutate } from "./support/mutate.ts";
import { SeededRandom } from "./support/seeded-random.ts";

/** Calls that wait for something to happen, or that let the fake node mine as long as they say. */
const names = [...METHODS.values()]
  .filter(({ name, heavy }) => !heavy && !name.startsWith("wait") && name !== "getblocktemplate")
  .map(({ name }) => name);

const faults: unknown[] = [];
const node = new FakeNode();
node.data.connect([coinbaseTx("one")]);
node.data.connect([coinbaseTx("two")]);
await node.wallets.create("w", {});
const executor = new RpcExecutor(node, METHODS, (error) => void faults.push(error));
const signal = new AbortController().signal;

const blocks = madeBlocks();
const transactions = blocks.flatMap(({ txs }) => txs);
const MINER = "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202";
/** What arguments are made of: things that exist, things that nearly do, and every JSON type. */
const WORDS = ["zz", "addr(x)", "add", "remove", "onetry", "/ip4/127.0.0.1/tcp/1", "w", "bech32", "none", "__proto__"];
const TEXTS = [
  node.data.tip.hash,
  node.params.genesis.hash,
  "00".repeat(32),
  "",
  ...blocks.flatMap((block) => [toHex(encodeBlock(block)), toHex(encodeHeader(block.header)), block.hash]),
  ...transactions.flatMap((tx) => [toHex(tx.encode()), tx.txid]),
  MINER,
  ...WORDS,
];
const NUMBERS = [0, 1, 2, -1, 1.5, 6, 1e9, 1e300, -0, 4_294_967_296, 2_147_483_648];
const LISTS = [[], [[]], [{}], ["00"], [1], [null]];
const OBJECTS = [{}, { txid: "00".repeat(32), vout: 0 }, { data: "00" }, { [MINER]: 1 }];
const ARGUMENTS: readonly Json[] = [...TEXTS, ...NUMBERS, ...LISTS, ...OBJECTS, true, false, null];

function randomJson(random: SeededRandom, depth: number): Json {
  if (depth > 0 && random.oneIn(6)) return Array.from({ length: random.below(4) }, () => randomJson(random, depth - 1));
  if (depth > 0 && random.oneIn(8)) {
    const members = Array.from({ length: random.below(4) }, () => {
      const name = random.pick(ARGUMENTS);
      return [typeof name === "string" ? name : "txid", randomJson(random, depth - 1)] as const;
    });
    return Object.fromEntries(members);
  }
  const value = random.pick(ARGUMENTS);
  if (typeof value !== "string" || !random.oneIn(8)) return value;
  return new TextDecoder("latin1").decode(mutate(new TextEncoder().encode(value), random));
}

const MAX_TRIES = 12;

/** A call of an existing method with arguments drawn by position or by name. */
function randomCall(random: SeededRandom): string {
  const method = random.pick(names);
  const declared = Object.entries(METHODS.get(method)?.params ?? {});
  const given = declared.slice(0, random.below(declared.length + 2));
  const named = given.map(([name, param]) => [name, argumentFor(param.kind, random)] as const);
  const params = random.oneIn(3) ? Object.fromEntries(named) : named.map(([, value]) => value);
  return JSON.stringify({ id: 1, method, params });
}

/** Mostly of the type that is declared, so that calls get past the first check. */
function argumentFor(kind: Parameters<typeof typeMismatch>[0], random: SeededRandom): Json {
  let value = randomJson(random, 2);
  for (let tries = 0; tries < MAX_TRIES && typeMismatch(kind, value) !== undefined; tries++) {
    value = randomJson(random, 2);
  }
  return value;
}

async function answers(body: string): Promise<void> {
  const answer = await executor.answer(body, { walletName: "w", signal });
  const [fault] = faults.splice(0);
  if (fault !== undefined) throw new Error(`a fault of the node on ${body}`, { cause: fault });
  assert.ok([200, 204, 400, 404, 500].includes(answer.status), String(answer.status));
  if (answer.body !== undefined) parseJson(writeJson(answer.body));
}

const bodies = names.map((name) => JSON.stringify({ jsonrpc: "2.0", id: name, method: name, params: [] }));

fuzz(import.meta.filename, [
  {
    name: "rpc bodies",
    valid: [...bodies, `[${bodies.slice(0, 5).join()}]`].map((body) => new TextEncoder().encode(body)),
    take: async (input) => await answers(new TextDecoder("latin1").decode(input)),
    allowed: [],
    runs: 1_500,
  },
  {
    name: "rpc calls",
    valid: [],
    take: async (input) => await answers(randomCall(new SeededRandom(toHex(input)))),
    allowed: [],
    runs: 3_000,
  },
]);
