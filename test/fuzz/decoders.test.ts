/** Random and mutated bytes into everything that decodes what comes from the network, the disk or a file. */
import assert from "node:assert/strict";
import { type Block, blockFromBytes, encodeBlock } from "@forkyard/core/block";
import { concatBytes, fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { DecodeError } from "@forkyard/core/errors";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import { encodeHeader, headerFromBytes } from "@forkyard/core/header";
import { networkByName } from "@forkyard/core/params/networks";
import { openVectors } from "@forkyard/core/testing/vectors";
import { Transaction } from "@forkyard/core/tx";
import { blockFrameHash } from "@forkyard/network/wire/block-frame";
import { FrameReader, framePrefix } from "@forkyard/network/wire/frame";
import { decodeGetBlocks, encodeGetBlocks } from "@forkyard/network/wire/get-blocks";
import { decodeGetHeaders, encodeGetHeaders } from "@forkyard/network/wire/get-headers";
import { decodeGetTxs, encodeGetTxs } from "@forkyard/network/wire/get-txs";
import { decodeHeaders, encodeHeaders } from "@forkyard/network/wire/headers";
import {
  decodeGetMempool,
  decodeMempoolTxids,
  encodeGetMempool,
  encodeMempoolTxids,
} from "@forkyard/network/wire/mempool";
import { decodeStatus, encodeStatus } from "@forkyard/network/wire/status";
import { framedBlocks } from "@forkyard/node/import/framed-blocks";
import { seal, unseal } from "@forkyard/storage/codec/checksum";
import { decodeCoin, encodeCoin } from "@forkyard/storage/codec/coin";
import { decodeEntry, encodeEntry } from "@forkyard/storage/codec/entry";
import { decodeMetadata, encodeMetadata } from "@forkyard/storage/codec/metadata";
import { decodeTip, encodeTip } from "@forkyard/storage/codec/tip";
import { decodeUndo, encodeUndo } from "@forkyard/storage/codec/undo";
import { COIN_SUM_KEY_BYTES } from "@forkyard/storage/coin-sum";
import { coinKey, entryKey, parseCoinKey, parseEntryKey } from "@forkyard/storage/keys";
import { coins, deltas, entries, tips } from "@forkyard/storage/testing/arbitraries";
import * as fc from "fast-check";
import { type FuzzTarget, fuzz, roundTrip } from "./support/fuzz.ts";
import { madeBlocks } from "./support/made-blocks.ts";

const SAMPLE_SEED = 1;
const SAMPLES = 20;
const samples = <T>(values: fc.Arbitrary<T>, encode: (value: T) => Uint8Array): Uint8Array[] =>
  fc.sample(values, { seed: SAMPLE_SEED, numRuns: SAMPLES }).map((value) => encode(value).slice());

const blocks: readonly Block[] = madeBlocks();
const txs: readonly Transaction[] = blocks.flatMap((block) => block.txs);
const hashes: readonly BlockHash[] = blocks.map((block) => block.hash);
const txids: readonly Txid[] = txs.map((tx) => tx.txid);
const regtest = networkByName("regtest");

/** A real block with witnesses and one without, where the conformance data is there. */
function realBlocks(): Uint8Array[] {
  const vectors = openVectors();
  if (vectors === undefined) return [];
  return [
    "mainnet-0000170-00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee.raw",
    "mainnet-0542213-000000000000000000143a2c56c0214236dadfd30df41d4a0345492ad6d861ec.raw",
  ].map((name) => vectors.bytes(`blocks/${name}`));
}

const allowed = [DecodeError] as const;
const target = (
  name: string,
  valid: readonly Uint8Array[],
  take: (input: Uint8Array) => void,
  runs?: number,
): FuzzTarget => ({ name, valid, take, allowed, ...(runs !== undefined && { runs }) });

const ENTRY_KEY = entryKey({ height: 7, hash: regtest.genesis.hash });

/** Bitcoin's getheaders begins with a version that nobody looks at. */
function getHeaders(input: Uint8Array): void {
  const again = encodeGetHeaders(decodeGetHeaders(input));
  assert.equal(toHex(again.subarray(4)), toHex(input.subarray(4)));
}

/** Frames come in chunks of any size: how the bytes are cut must not matter. */
function frames(input: Uint8Array): void {
  const limits = { maxFrameBytes: 1_000, maxFrames: 8, maxTotalBytes: 4_000 };
  const whole = new FrameReader(limits);
  let failure: unknown;
  try {
    whole.push(input);
  } catch (error) {
    failure = error;
  }
  const byByte = new FrameReader(limits);
  for (const byte of failure === undefined ? input : []) byByte.push(Uint8Array.of(byte));
  if (failure !== undefined) throw failure;
  assert.deepEqual(byByte.frames, whole.frames);
  assert.equal(byByte.atBoundary, whole.atBoundary);
  const written = concatBytes(...whole.frames.flatMap((frame) => [framePrefix(frame.length), frame]));
  assert.equal(toHex(input.subarray(0, written.length)), toHex(written));
  if (whole.atBoundary) assert.equal(written.length, input.length);
}

function blockFile(input: Uint8Array): void {
  const found = [...framedBlocks(input, regtest.magic)];
  assert.equal(toHex(concatBytes(...found.map(({ bytes }) => framed(bytes)))), toHex(input));
}

const framed = (bytes: Uint8Array): Uint8Array =>
  concatBytes(fromHex(regtest.magic), new Uint8Array(Uint32Array.of(bytes.length).buffer), bytes);
const status = {
  genesisHash: regtest.genesis.hash,
  height: 7,
  tip: regtest.genesis.hash,
  chainWork: (1n << 256n) - 1n,
  userAgent: "/forkyard:0.1.0/",
};
/** From the fields: a decoded transaction would give back the bytes that it came from. */
const encodeAnew = (block: Block): Uint8Array =>
  encodeBlock({ ...block, txs: block.txs.map((tx) => new Transaction(tx)) });
const sealKey = Uint8Array.of(99, 1, 2);

fuzz(import.meta.filename, [
  target(
    "transaction",
    txs.map((tx) => tx.encode()),
    roundTrip(
      (bytes) => Transaction.fromBytes(bytes),
      (tx) => new Transaction(tx).encode(),
    ),
    4_000,
  ),
  target(
    "header",
    blocks.map((block) => encodeHeader(block.header)),
    roundTrip(headerFromBytes, encodeHeader),
  ),
  target("block", [...blocks.map(encodeBlock), ...realBlocks()], roundTrip(blockFromBytes, encodeAnew), 4_000),
  target("block file", [concatBytes(...blocks.slice(0, 4).map((block) => framed(encodeBlock(block))))], blockFile),

  target("wire get-headers", [encodeGetHeaders({ locator: hashes }), encodeGetHeaders({ locator: [] })], getHeaders),
  target(
    "wire headers",
    [[], blocks].map((list) => encodeHeaders(list.map(({ header }) => header))),
    roundTrip(decodeHeaders, encodeHeaders),
  ),
  target("wire get-blocks", [encodeGetBlocks(hashes.slice(0, 16))], roundTrip(decodeGetBlocks, encodeGetBlocks)),
  target("wire get-txs", [encodeGetTxs(txids)], roundTrip(decodeGetTxs, encodeGetTxs)),
  target("wire get-mempool", [encodeGetMempool()], roundTrip(decodeGetMempool, encodeGetMempool)),
  target("wire mempool", [encodeMempoolTxids(txids)], roundTrip(decodeMempoolTxids, encodeMempoolTxids)),
  target("wire status", [encodeStatus(status)], roundTrip(decodeStatus, encodeStatus)),
  target(
    "wire frames",
    [concatBytes(framePrefix(3), Uint8Array.of(1, 2, 3), framePrefix(0), framePrefix(200))],
    frames,
  ),
  target("wire block frame", blocks.map(encodeBlock), (input) => {
    const hash = blockFrameHash(input);
    assert.equal(hash, blockFromBytes(concatBytes(input.subarray(0, 80), Uint8Array.of(0))).hash);
  }),

  target("stored coin", samples(coins, encodeCoin), roundTrip(decodeCoin, encodeCoin)),
  target("stored undo", samples(deltas, encodeUndo), roundTrip(decodeUndo, encodeUndo)),
  target("stored tip", samples(tips, encodeTip), roundTrip(decodeTip, encodeTip)),
  target(
    "stored entry",
    samples(entries, encodeEntry),
    roundTrip((bytes) => decodeEntry(ENTRY_KEY, bytes), encodeEntry),
  ),
  target(
    "stored metadata",
    [
      encodeMetadata({
        schemaVersion: 2,
        networkName: "regtest",
        genesisHash: regtest.genesis.hash,
        coinSumKey: new Uint8Array(COIN_SUM_KEY_BYTES),
      }),
    ],
    roundTrip(decodeMetadata, encodeMetadata),
  ),
  target(
    "stored checksum",
    [seal(sealKey, Uint8Array.of(1, 2, 3, 4))],
    roundTrip(
      (bytes) => unseal(sealKey, bytes),
      (value) => seal(sealKey, value),
    ),
  ),
  target(
    "stored key of a coin",
    txids.map((txid) => coinKey({ txid, vout: 1 })),
    (input) => {
      const key = parseCoinKey(input);
      assert.equal(toHex(coinKey(key).subarray(1)), toHex(input.subarray(1)));
    },
  ),
  target("stored key of an entry", [ENTRY_KEY], (input) => {
    assert.equal(toHex(entryKey(parseEntryKey(input)).subarray(1)), toHex(input.subarray(1)));
  }),
]);
