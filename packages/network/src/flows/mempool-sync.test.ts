import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Txid } from "@forkyard/core/hash";
import { MAX_MEMPOOL_ATTEMPTS, MAX_TXS_PER_REQUEST } from "../limits.ts";
import type { RequestResult } from "../transport/transport.ts";
import { decodeGetTxs } from "../wire/get-txs.ts";
import { encodeMempoolTxids } from "../wire/mempool.ts";
import type { MempoolSyncEffect } from "./effects.ts";
import { MempoolSync } from "./mempool-sync.ts";

const txidOf = (n: number): Txid => n.toString(16).padStart(64, "0") as Txid;
const all = Array.from({ length: 600 }, (_, i) => txidOf(i + 1));
/** Transactions that are named by their bytes. */
const bytesOf = (txid: Txid): Uint8Array => Uint8Array.from(Buffer.from(txid, "hex"));
const nameOf = (bytes: Uint8Array): Txid => Buffer.from(bytes).toString("hex") as Txid;

interface Exchange {
  readonly taken: Txid[];
  readonly requests: number[];
  readonly effects: MempoolSyncEffect[];
}

/** Runs the exchange with a peer that answers ids and transactions like this. */
function exchange(have: Set<Txid>, ids: RequestResult, txs: (asked: readonly Txid[]) => RequestResult): Exchange {
  const flow = new MempoolSync({ hasTransaction: (txid) => have.has(txid) });
  const log: Exchange = { taken: [], requests: [], effects: [] };
  const open = [...flow.peerReady("a", 0)];
  for (let effect = open.shift(); effect !== undefined; effect = open.shift()) {
    log.effects.push(effect);
    if (effect.kind === "transaction") {
      log.taken.push(nameOf(effect.bytes));
      have.add(nameOf(effect.bytes));
    }
    if (effect.kind !== "request") continue;
    const asked = effect.protocol === "txs" ? decodeGetTxs(effect.payload) : [];
    log.requests.push(asked.length);
    open.push(...flow.response(effect.requestId, effect.protocol === "txs" ? txs(asked) : ids, 0));
  }
  return log;
}

describe("mempool exchange", () => {
  const ids = { frames: [encodeMempoolTxids(all)] };

  test("fetches what we have not, in the peer's order, a bounded request after the other", () => {
    const have = new Set(all.filter((_, i) => i % 3 === 0));
    const { taken, requests } = exchange(have, ids, (asked) => ({ frames: asked.map(bytesOf) }));
    assert.deepEqual(
      taken,
      all.filter((_, i) => i % 3 !== 0),
    );
    assert.deepEqual(requests, [0, MAX_TXS_PER_REQUEST, 400 - MAX_TXS_PER_REQUEST]);
  });

  test("ends with a peer that has none of what it listed", () => {
    const { requests } = exchange(new Set(), ids, () => ({ frames: [] }));
    assert.equal(requests.length, 1 + Math.ceil(all.length / MAX_TXS_PER_REQUEST));
  });

  test("garbage costs points and the connection", () => {
    const garbage = exchange(new Set(), { frames: [new Uint8Array(3).fill(9)] }, () => ({ frames: [] }));
    assert.deepEqual(garbage.effects.map(({ kind }) => kind).slice(-2), ["penalise", "disconnect"]);
    const flood = exchange(new Set(), ids, (asked) => ({ frames: [...asked, ...asked].map(bytesOf) }));
    assert.deepEqual(flood.effects.map(({ kind }) => kind).slice(-2), ["penalise", "disconnect"]);
    assert.equal(flood.taken.length, 0);
  });

  test("asks once a connection, tries again after a failure, but not for ever", () => {
    const flow = new MempoolSync({ hasTransaction: () => false });
    let nowMs = 0;
    let requests = 0;
    let effects = flow.peerReady("a", nowMs);
    assert.deepEqual(flow.peerReady("a", nowMs), []);
    for (let turn = 0; turn < 20; turn++) {
      requests += effects.filter(({ kind }) => kind === "request").length;
      const wake = effects.find((effect) => effect.kind === "wake");
      if (wake === undefined) break;
      nowMs = wake.atMs;
      effects = flow.tick(nowMs);
    }
    assert.equal(requests, MAX_MEMPOOL_ATTEMPTS);
    flow.peerDisconnected("a");
    assert.equal(flow.peerReady("a", nowMs)[0]?.kind, "request");
  });
});
