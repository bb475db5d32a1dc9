import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DecodeError } from "@forkyard/core/errors";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import { blockHashOf } from "@forkyard/core/header";
import * as fc from "fast-check";
import { MAX_HEADERS_PER_MESSAGE, PROTOCOL_LIMITS } from "../limits.ts";
import { FakeChain, headersOn } from "../testing/fake-chain.ts";
import { encodeGetBlocks } from "../wire/get-blocks.ts";
import { encodeGetHeaders } from "../wire/get-headers.ts";
import { encodeGetTxs } from "../wire/get-txs.ts";
import { decodeHeaders } from "../wire/headers.ts";
import { decodeMempoolTxids, encodeGetMempool } from "../wire/mempool.ts";
import { decodeStatus, encodeStatus } from "../wire/status.ts";
import type { ChainServer } from "./chain-server.ts";
import { serveBlocks } from "./serve-blocks.ts";
import { serveHeaders } from "./serve-headers.ts";
import { serveMempool } from "./serve-mempool.ts";
import { serveStatus } from "./serve-status.ts";
import { serveTxs } from "./serve-txs.ts";

const chain = new FakeChain().extend(headersOn(FakeChain.genesis, 2_500));
const hashes = chain.stored;
const hashAt = (height: number): BlockHash => hashes[height - 1] ?? assert.fail();

const ask = (locator: readonly BlockHash[], stop?: BlockHash): readonly BlockHash[] => {
  const request = encodeGetHeaders(stop === undefined ? { locator } : { locator, stop });
  const [frame] = serveHeaders(request, chain);
  return decodeHeaders(frame ?? assert.fail()).map(blockHashOf);
};

describe("headers", () => {
  test("after the first known hash of the locator, at most a message full", () => {
    assert.deepEqual(ask([hashAt(2_490)]), hashes.slice(2_490));
    assert.deepEqual(
      ask(["ab".repeat(32) as BlockHash, hashAt(7), hashAt(3)]),
      hashes.slice(7, 7 + MAX_HEADERS_PER_MESSAGE),
    );
    assert.deepEqual(ask([]), hashes.slice(0, MAX_HEADERS_PER_MESSAGE));
    assert.deepEqual(ask([hashAt(2_500)]), []);
  });

  test("up to the stop hash", () => {
    assert.deepEqual(ask([hashAt(10)], hashAt(12)), [hashAt(11), hashAt(12)]);
  });
});

describe("blocks", () => {
  test("in the order asked, up to the first that is missing", () => {
    const request = encodeGetBlocks([hashAt(2), hashAt(1), "ab".repeat(32) as BlockHash, hashAt(3)]);
    assert.deepEqual(serveBlocks(request, chain), [chain.blockBytes(hashAt(2)), chain.blockBytes(hashAt(1))]);
  });

  test("no more than an answer may be long", () => {
    const large: ChainServer = Object.assign(Object.create(chain), { blockBytes: () => new Uint8Array(3_000_000) });
    assert.equal(serveBlocks(encodeGetBlocks(hashes.slice(0, 10)), large).length, 2);
  });
});

const txid = (digit: string): Txid => digit.repeat(64) as Txid;

describe("transactions", () => {
  const pool: ChainServer = Object.assign(Object.create(chain), {
    txBytes: (id: Txid) => (id === txid("b") ? undefined : new Uint8Array(id === txid("c") ? 400_001 : 350_000)),
    mempoolTxids: (max: number) => [txid("a"), txid("b")].slice(0, max),
  });

  test("those that there are, of standard size, as far as the answer may go", () => {
    assert.equal(serveTxs(encodeGetTxs([txid("a"), txid("b"), txid("c"), txid("d")]), pool).length, 2);
    const many = Array.from({ length: 9 }, (_, i) => txid(String(i)));
    const served = serveTxs(encodeGetTxs(many), pool);
    assert.equal(served.length, Math.floor(PROTOCOL_LIMITS.txs.maxAnswerBytes / 350_000));
  });

  test("the ids of the mempool", () => {
    const [frame] = serveMempool(encodeGetMempool(), pool);
    assert.deepEqual(decodeMempoolTxids(frame ?? assert.fail()), [txid("a"), txid("b")]);
  });
});

test("the status is answered with our own", () => {
  const own = chain.status();
  const [frame] = serveStatus(encodeStatus({ ...own, height: 1 }), own);
  assert.deepEqual(decodeStatus(frame ?? assert.fail()), own);
});

test("random requests are answered within the limits, or refused with a DecodeError", () => {
  const served = {
    status: (request: Uint8Array) => serveStatus(request, chain.status()),
    headers: (request: Uint8Array) => serveHeaders(request, chain),
    blocks: (request: Uint8Array) => serveBlocks(request, chain),
    txs: (request: Uint8Array) => serveTxs(request, chain),
    mempool: (request: Uint8Array) => serveMempool(request, chain),
  };
  for (const [protocol, serve] of Object.entries(served)) {
    const { maxFrames, maxFrameBytes } = PROTOCOL_LIMITS[protocol as keyof typeof served];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (request) => {
        try {
          const frames = serve(request);
          assert.ok(frames.length <= maxFrames);
          assert.ok(frames.every((frame) => frame.length <= maxFrameBytes));
        } catch (error) {
          assert.ok(error instanceof DecodeError);
        }
      }),
    );
  }
});
