import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concatBytes, equalBytes } from "@forkyard/core/bytes/bytes";
import { DecodeError } from "@forkyard/core/errors";
import type { BlockHash, MerkleRoot, Txid } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf, encodeHeader } from "@forkyard/core/header";
import * as fc from "fast-check";
import {
  MAX_BLOCKS_PER_REQUEST,
  MAX_HEADERS_PER_MESSAGE,
  MAX_LOCATOR_HASHES,
  MAX_MEMPOOL_TXIDS,
  MAX_TXS_PER_REQUEST,
} from "../limits.ts";
import { blockFrameHash } from "./block-frame.ts";
import { FrameReader, framePrefix } from "./frame.ts";
import { decodeGetBlocks, encodeGetBlocks } from "./get-blocks.ts";
import { decodeGetHeaders, encodeGetHeaders, type GetHeaders } from "./get-headers.ts";
import { decodeGetTxs, encodeGetTxs } from "./get-txs.ts";
import { decodeHeaders, encodeHeaders } from "./headers.ts";
import { decodeGetMempool, decodeMempoolTxids, encodeGetMempool, encodeMempoolTxids } from "./mempool.ts";
import { decodeStatus, encodeStatus, type Status } from "./status.ts";

const hex64 = fc.stringMatching(/^[0-9a-f]{63}[1-9a-f]$/);
const blockHash = hex64.map((hash) => hash as BlockHash);
const txid = hex64.map((hash) => hash as Txid);
const PLAIN = { noNullPrototype: true } as const;
const u32 = fc.nat(0xffffffff);
const header: fc.Arbitrary<BlockHeader> = fc.record(
  {
    version: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
    prevHash: blockHash,
    merkleRoot: hex64.map((hash) => hash as MerkleRoot),
    time: u32,
    bits: u32,
    nonce: u32,
  },
  PLAIN,
);
const status: fc.Arbitrary<Status> = fc.record(
  {
    genesisHash: blockHash,
    height: u32,
    tip: blockHash,
    chainWork: fc.bigInt(0n, 2n ** 256n - 1n),
    userAgent: fc.string({ unit: "grapheme-ascii", maxLength: 256 }),
  },
  PLAIN,
);
const getHeaders: fc.Arbitrary<GetHeaders> = fc.record(
  { locator: fc.array(blockHash, { maxLength: MAX_LOCATOR_HASHES }), stop: blockHash },
  { ...PLAIN, requiredKeys: ["locator"] },
);

/** One codec of the wire: what it encodes, and messages to encode. */
interface Codec<T> {
  readonly name: string;
  readonly messages: fc.Arbitrary<T>;
  readonly encode: (message: T) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => T;
}

function testCodec<T>({ name, messages, encode, decode }: Codec<T>): void {
  describe(name, () => {
    test("decode(encode(x)) is x", () => {
      fc.assert(fc.property(messages, (message) => assert.deepEqual(decode(encode(message)), message)));
    });

    test("random and mutated bytes give a message that encodes to them, or a DecodeError", () => {
      const mutated = fc
        .tuple(messages, fc.nat(), fc.nat(255), fc.integer({ min: -3, max: 3 }))
        .map(([message, at, byte, change]) => mutate(encode(message), at, byte, change));
      fc.assert(
        fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), mutated), (bytes) => {
          const decoded = decodeOrRefuse(decode, bytes);
          if (decoded !== undefined) assert.deepEqual(decode(encode(decoded.message)), decoded.message);
        }),
        { numRuns: 500 },
      );
    });
  });
}

/** Sets one byte, then cuts or adds some. */
function mutate(bytes: Uint8Array, at: number, byte: number, change: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (copy.length > 0) copy[at % copy.length] = byte;
  return change < 0 ? copy.subarray(0, change) : concatBytes(copy, new Uint8Array(change));
}

function decodeOrRefuse<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): { message: T } | undefined {
  try {
    return { message: decode(bytes) };
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return undefined;
  }
}

testCodec({ name: "status", messages: status, encode: encodeStatus, decode: decodeStatus });
testCodec({ name: "get-headers", messages: getHeaders, encode: encodeGetHeaders, decode: decodeGetHeaders });
testCodec({ name: "headers", messages: fc.array(header), encode: encodeHeaders, decode: decodeHeaders });
testCodec({
  name: "get-blocks",
  messages: fc.array(blockHash, { maxLength: MAX_BLOCKS_PER_REQUEST }),
  encode: encodeGetBlocks,
  decode: decodeGetBlocks,
});
testCodec({
  name: "get-txs",
  messages: fc.array(txid, { maxLength: MAX_TXS_PER_REQUEST }),
  encode: encodeGetTxs,
  decode: decodeGetTxs,
});
testCodec({ name: "mempool", messages: fc.array(txid), encode: encodeMempoolTxids, decode: decodeMempoolTxids });

const zeros = (count: number): Uint8Array => new Uint8Array(count);
const counted = (count: number, size: number): Uint8Array =>
  concatBytes(Uint8Array.of(0xfd, count & 0xff, count >>> 8), zeros(count * size));

describe("bounds", () => {
  test("one more than the limit is refused", () => {
    assert.throws(() => decodeHeaders(counted(MAX_HEADERS_PER_MESSAGE + 1, 81)), DecodeError);
    assert.equal(decodeHeaders(counted(MAX_HEADERS_PER_MESSAGE, 81)).length, MAX_HEADERS_PER_MESSAGE);
    assert.throws(() => decodeGetTxs(counted(MAX_TXS_PER_REQUEST + 1, 32)), DecodeError);
    assert.throws(() => decodeMempoolTxids(counted(MAX_MEMPOOL_TXIDS + 1, 32)), DecodeError);
    assert.throws(() => decodeGetBlocks(concatBytes(Uint8Array.of(17), zeros(17 * 32))), DecodeError);
    const locator = concatBytes(zeros(4), Uint8Array.of(102), zeros(103 * 32));
    assert.throws(() => decodeGetHeaders(locator), DecodeError);
  });

  test("a mempool request has no content", () => {
    decodeGetMempool(encodeGetMempool());
    assert.throws(() => decodeGetMempool(zeros(1)), DecodeError);
  });

  test("a header with transactions is refused", () => {
    const bytes = concatBytes(Uint8Array.of(1), zeros(80), Uint8Array.of(1));
    assert.throws(() => decodeHeaders(bytes), DecodeError);
  });

  test("user agents are printable ASCII", () => {
    const good = encodeStatus({
      genesisHash: "11".repeat(32) as BlockHash,
      height: 1,
      tip: "22".repeat(32) as BlockHash,
      chainWork: 2n,
      userAgent: "x",
    });
    good[good.length - 1] = 0x1b;
    assert.throws(() => decodeStatus(good), DecodeError);
  });

  test("a block frame is named by its header", () => {
    fc.assert(
      fc.property(header, fc.uint8Array({ minLength: 1, maxLength: 20 }), (head, body) => {
        assert.equal(blockFrameHash(concatBytes(encodeHeader(head), body)), blockHashOf(head));
      }),
    );
    assert.throws(() => blockFrameHash(zeros(80)), DecodeError);
  });
});

const LIMITS = { maxFrameBytes: 400, maxFrames: 8, maxTotalBytes: 1_000 };

describe("frames", () => {
  const frames = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 3 });

  test("frames cut anywhere come out whole", () => {
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 50 }), (sent, step) => {
        const bytes = concatBytes(...sent.flatMap((frame) => [framePrefix(frame.length), frame]));
        const reader = new FrameReader(LIMITS);
        for (let at = 0; at < bytes.length; at += step) reader.push(bytes.subarray(at, at + step));
        assert.ok(reader.atBoundary);
        assert.equal(reader.frames.length, sent.length);
        assert.ok(sent.every((frame, i) => equalBytes(frame, reader.frames[i] ?? new Uint8Array(1))));
      }),
    );
  });

  test("random bytes never break a limit", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        const reader = new FrameReader(LIMITS);
        try {
          reader.push(bytes);
        } catch (error) {
          assert.ok(error instanceof DecodeError);
        }
        assert.ok(reader.frames.length <= LIMITS.maxFrames);
        assert.ok(reader.frames.reduce((sum, frame) => sum + frame.length, 0) <= LIMITS.maxTotalBytes);
      }),
    );
  });

  test("a promise of too much is refused before it is kept", () => {
    const push = (bytes: Uint8Array) => (): void => new FrameReader(LIMITS).push(bytes);
    assert.throws(push(framePrefix(401)), /frame of 401 bytes/);
    assert.throws(push(Uint8Array.of(0xff, 0xff, 0xff, 0xff)), /too long/);
    assert.throws(push(Uint8Array.of(0x80, 0x00)), /shortest/);
    const half = new FrameReader(LIMITS);
    half.push(framePrefix(300));
    assert.ok(!half.atBoundary);
  });
});
