import assert from "node:assert/strict";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { blockFromBytes } from "@forkyard/core/block";
import { concatBytes } from "@forkyard/core/bytes/bytes";
import { DecodeError, InputError, RuleError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { describeVectors } from "@forkyard/core/testing/vectors";
import { memoryChainStore } from "@forkyard/storage/open-chain-store";
import { MAX_IMPORT_FILE_BYTES } from "../limits.ts";
import { ChainWorld, NOW_SECONDS } from "../testing/chain-world.ts";
import { framedBlocks } from "./framed-blocks.ts";
import { ImportRefusal, type ImportReport, importBlocks } from "./import-blocks.ts";

const mainnet = networkByName("mainnet");
const FRAME_HEADER_BYTES = 8;
/** Each look at this clock is 1.5 s after the one before. */
let looks = 0;
const clock = { nowMs: () => NOW_SECONDS * 1000, monotonicMs: () => 1_500 * looks++ };
const folder = mkdtempSync(join(tmpdir(), "forkyard-import-"));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

interface ImportOptions {
  readonly params?: typeof mainnet;
  readonly dataDir?: string;
  readonly onProgress?: (blocks: number) => void;
}

/** Imports bytes as a file of their own. */
async function importBytes(bytes: Uint8Array, options: ImportOptions = {}): Promise<ImportReport> {
  files += 1;
  const file = join(folder, `${files}.blk`);
  writeFileSync(file, bytes);
  try {
    return await importBlocks({ params: mainnet, file, clock, ...options });
  } finally {
    rmSync(file);
  }
}

/** The refusal of bytes that must be refused. */
async function refusal(bytes: Uint8Array, options: ImportOptions = {}): Promise<ImportRefusal> {
  try {
    await importBytes(bytes, options);
  } catch (error) {
    assert.ok(error instanceof ImportRefusal, String(error));
    assert.notEqual(error.code, "");
    return error;
  }
  return assert.fail("nothing was refused");
}

const flipBit = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.with(bit >> 3, (bytes[bit >> 3] as number) ^ (1 << (bit & 7)));

describeVectors("import of the first 256 blocks of mainnet", (vectors) => {
  const file = vectors.bytes("blocks/mainnet-000000-000255.blk.gz");
  const frames = [...framedBlocks(file, mainnet.magic)];
  const frameAt = (height: number): Uint8Array => {
    const start = frames[height]?.offset ?? file.length;
    return file.subarray(start, frames[height + 1]?.offset ?? file.length);
  };

  test("passes, signature by signature, plain or packed", async () => {
    const progress: number[] = [];
    for (const bytes of [file, gzipSync(file)]) {
      const { blocks, transactions, signatures, seconds, tip, coins } = await importBytes(bytes, {
        onProgress: (done) => void progress.push(done),
      });
      assert.deepEqual([blocks, transactions, signatures, seconds], [256, 263, 7, 1.5]);
      assert.deepEqual(tip, {
        height: 255,
        hash: "00000000d0a75c861fabf9ff7b92022f60e4afeed9331fe5aa073d8e4706fe3c",
      });
      assert.deepEqual(coins, { count: 260, total: 255n * 5_000_000_000n });
    }
    assert.deepEqual([progress.length, progress[0], progress.at(-1)], [512, 1, 256]);
  });

  test("is kept in a data folder, goes on from there, and takes a file twice", async () => {
    const dataDir = join(folder, "data");
    const first = concatBytes(...frames.slice(0, 200).map((_, height) => frameAt(height)));
    assert.equal((await importBytes(first, { dataDir })).tip.height, 199);
    assert.equal((await importBytes(file, { dataDir })).tip.height, 255);
    const again = await importBytes(file, { dataDir });
    assert.deepEqual([again.tip.height, again.signatures], [255, 0], "nothing is checked twice");
    assert.deepEqual(again.coins, { count: 260, total: 255n * 5_000_000_000n });
  });

  test("names block, height and rule of the first block refused, and keeps the ones before", async () => {
    const dataDir = join(folder, "refused");
    const at = (frames[170]?.offset ?? 0) + FRAME_HEADER_BYTES + 300;
    const { code, block, height } = await refusal(flipBit(file, at * 8), { dataDir });
    assert.deepEqual(
      [code, block, height],
      ["bad-txnmrklroot", "00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee", 170],
    );
    const first = await importBytes(frameAt(0), { dataDir });
    assert.deepEqual([first.tip.height, first.blocks], [169, 1]);
  });

  test("refuses a file cut anywhere but between two frames", async () => {
    for (const cut of [1, 7, 8, 9, 100, 292, file.length - 1]) {
      const { code } = await refusal(file.subarray(0, cut));
      assert.equal(code, "malformed-file", `${cut} bytes`);
    }
    const whole = frames[3]?.offset ?? 0;
    assert.equal((await importBytes(file.subarray(0, whole))).blocks, 3);
    assert.equal((await refusal(concatBytes(file, Uint8Array.of(0)))).height, 256);
  });

  test("refuses blocks of another network, under its own magic and under ours", async () => {
    const regtest = networkByName("regtest");
    assert.equal((await refusal(file, { params: regtest })).code, "malformed-file");
    const disguised = vectors.bytes("blocks/regtest-000000-000150.blk.gz").slice();
    for (const { offset } of framedBlocks(disguised.slice(), regtest.magic)) {
      disguised.set(Buffer.from(mainnet.magic, "hex"), offset);
    }
    assert.equal((await refusal(disguised)).code, "high-hash");
  });

  test("refuses blocks out of order, left out or put in twice under changed bytes", async () => {
    const [genesis, first, second, third] = [0, 1, 2, 3].map(frameAt);
    assert.ok(genesis !== undefined && first !== undefined && second !== undefined && third !== undefined);
    const gap = await refusal(concatBytes(genesis, first, third));
    assert.deepEqual([gap.code, gap.height], ["prev-blk-not-found", 2]);
    assert.equal((await importBytes(concatBytes(genesis, first, first, second))).tip.height, 2);
    const bent = flipBit(first, (FRAME_HEADER_BYTES + 150) * 8);
    assert.equal((await refusal(concatBytes(genesis, first, bent))).code, "bad-txnmrklroot");
  });

  test("every single bit of three blocks matters, and no refusal stands in the way of the true block", async () => {
    for (const height of [1, 170, 248]) {
      const world = await ChainWorld.open(memoryChainStore(), mainnet);
      for (const { bytes } of frames.slice(1, height)) world.submit(blockFromBytes(bytes));
      const frame = frameAt(height);
      for (let bit = 0; bit < frame.length * 8; bit++) {
        assert.ok(isRefused(world, flipBit(frame, bit)), `bit ${bit} of block ${height}`);
      }
      assert.equal(world.chain.tip.height, height - 1);
      assert.equal(world.submit(blockFromBytes(frame.subarray(FRAME_HEADER_BYTES))).kind, "connected");
    }
  });
});

/** What an import does with the only frame of a file, on a chain in memory that stays open. */
function isRefused(world: ChainWorld, frame: Uint8Array): boolean {
  try {
    for (const { bytes } of framedBlocks(frame, mainnet.magic)) {
      const { kind } = world.submit(blockFromBytes(bytes));
      assert.notEqual(kind, "connected");
      assert.notEqual(kind, "side");
    }
    return false;
  } catch (error) {
    if (error instanceof DecodeError || error instanceof RuleError) return true;
    throw error;
  }
}

test("a file that is not there, or is not what its first bytes say, is one clear line", async () => {
  const missing = join(folder, "missing.blk");
  await assert.rejects(importBlocks({ params: mainnet, file: missing, clock }), InputError);
  await assert.rejects(importBytes(Uint8Array.of(0x1f, 0x8b, 1, 2, 3)), InputError);
  await assert.rejects(importBlocks({ params: mainnet, file: folder, clock }), InputError);
  await assert.rejects(importBytes(new Uint8Array(0)), /is empty: there is no block in it$/);
  await assert.rejects(importBytes(gzipSync(new Uint8Array(0))), /is empty/);
  assert.equal((await refusal(Uint8Array.of(0x1f, 0x8a, 1, 2, 3))).code, "malformed-file");
});

test("a file too large to be read whole is refused unread", async () => {
  const file = join(folder, "large.blk");
  writeFileSync(file, "");
  truncateSync(file, MAX_IMPORT_FILE_BYTES + 1);
  await assert.rejects(importBlocks({ params: mainnet, file, clock }), /is larger than 1073741824 bytes/);
  rmSync(file);
});

test("frames that no block can fill are refused before anything is read for them", () => {
  const frame = Uint8Array.from([0xf9, 0xbe, 0xb4, 0xd9, 0xff, 0xff, 0xff, 0xff]);
  assert.throws(() => [...framedBlocks(frame, mainnet.magic)], /a block of 4294967295 bytes at byte 0/);
  assert.throws(() => [...framedBlocks(frame.subarray(0, 7), mainnet.magic)], /ends within a frame/);
  assert.deepEqual([...framedBlocks(new Uint8Array(0), mainnet.magic)], []);
});
