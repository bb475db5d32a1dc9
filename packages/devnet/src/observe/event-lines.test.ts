import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { BlockEvent, NodeEvent, NodeEventBody } from "@forkyard/rpc/schema/events";
import { EventLines } from "./event-lines.ts";

function event(body: NodeEventBody, timeMs = 0): NodeEvent {
  return { sequence: 1, timeMs, ...body };
}

const HASH = "00000000000000000000000000000000000000000000000000000000000000ab" as BlockHash;
const TXID = "11111111111111111111111111111111111111111111111111111111111111cd" as Txid;
const block: BlockEvent = {
  type: "block",
  hash: HASH,
  height: 7,
  txCount: 2,
  fees: 0,
  miner: "Forkyard:node3",
  blockTimeMs: 0,
};

function payment(change: object): NodeEventBody {
  const base = {
    type: "payment",
    wallet: "alice",
    txid: TXID,
    direction: "sent",
    amount: 150_000_000,
    address: "fyrd1q",
  };
  return { ...base, status: "unconfirmed", ...change } as NodeEventBody;
}

function fork(height: number, from: string): NodeEventBody {
  return {
    type: "fork",
    hash: `${height}` as BlockHash,
    height,
    forkPoint: { height: 6, hash: from as BlockHash },
  };
}

function texts(
  lines: EventLines,
  ...events: readonly (readonly [string, NodeEventBody, number?])[]
): readonly string[] {
  return events.flatMap(([node, body, timeMs]) => lines.push(node, event(body, timeMs))).map((line) => line.text);
}

describe("event lines", () => {
  test("a block is told once, with its miner", () => {
    const told = texts(new EventLines(2), ["node1", block], ["node2", block]);
    assert.deepEqual(told, ["height 7  …0000000000ab  by node3, 1 payment"]);
  });

  test("a miner's tag cannot forge a line or colour the terminal", () => {
    const [told] = texts(new EventLines(1), ["node1", { ...block, miner: "x\n\u001B[31mheight 9" }]);
    assert.match(told ?? "", /by x31mheight 9,/);
    assert.match(texts(new EventLines(1), ["node1", { ...block, miner: null }])[0] ?? "", /unknown miner/);
  });

  test("a branch is told once, however many blocks it grows to and whoever sees it", () => {
    const told = texts(
      new EventLines(2),
      ["node1", fork(7, "a")],
      ["node2", fork(7, "a")],
      ["node1", fork(8, "a")],
      ["node1", fork(9, "b")],
    );
    assert.deepEqual(told, [
      "7 at height 7 is off the chain: it leaves at height 6",
      "9 at height 9 is off the chain: it leaves at height 6",
    ]);
  });

  test("a reorganisation is told by the first node and once more by the last", () => {
    const body: NodeEventBody = {
      type: "reorg",
      depth: 1,
      forkPoint: { height: 6, hash: HASH },
      removed: [HASH],
      added: ["x" as BlockHash, "y" as BlockHash],
    };
    const told = texts(
      new EventLines(3),
      ["node2", body, 100],
      ["node2", body, 101],
      ["node1", body, 120],
      ["node3", body, 150],
    );
    assert.deepEqual(told, [
      "depth 1 at height 6: 1 block out, 2 in, new tip y (node2 first)",
      "all 3 nodes switched within 50 ms",
    ]);
  });

  test("a payment is told when it is made, when it is confirmed, and when it is taken back; rewards are not", () => {
    const lines = new EventLines(2);
    assert.deepEqual(
      texts(
        lines,
        ["node1", payment({})],
        ["node3", payment({ direction: "received", wallet: "merchant" })],
        ["node1", payment({ status: "confirmed" })],
        ["node3", payment({ direction: "received", wallet: "merchant", status: "confirmed" })],
        ["node3", payment({ direction: "received", wallet: "merchant", status: "reversed" })],
        ["node2", payment({ direction: "received", wallet: "miner2", status: "confirmed", txid: "22" })],
      ),
      [
        "alice sends 1.50000000 to fyrd1q (…1111111111cd)",
        "1.50000000 to merchant confirmed (…1111111111cd)",
        "1.50000000 to merchant taken back (…1111111111cd)",
      ],
    );
  });

  test("peers, accepted transactions and the mining of a branch are not worth a line", () => {
    const lines = new EventLines(1);
    const peer = { type: "peer", status: "connected", peer: "p", address: "a", inbound: true } as const;
    const accepted = { type: "transaction", txid: TXID, status: "accepted", fee: 1, virtualSize: 1 } as const;
    const mining = {
      type: "branch",
      status: "mining",
      branch: "b",
      forkPoint: { height: 1, hash: HASH },
      blocks: 0,
    } as const;
    assert.deepEqual(texts(lines, ["node1", peer], ["node1", accepted], ["node1", mining]), []);
  });
});
