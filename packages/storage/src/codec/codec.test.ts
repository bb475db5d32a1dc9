import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ByteReader } from "@forkyard/core/bytes/reader";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { AssertionFault, DecodeError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import * as fc from "fast-check";
import { COIN_SUM_KEY_BYTES } from "../coin-sum.ts";
import { coinKey, entryKey, parseCoinKey, parseEntryKey } from "../keys.ts";
import { coins, deltas, entries, outPoints, tips } from "../testing/arbitraries.ts";
import { seal, unseal } from "./checksum.ts";
import { decodeCoin, encodeCoin } from "./coin.ts";
import { decodeEntry, encodeEntry } from "./entry.ts";
import { decodeMetadata, encodeMetadata } from "./metadata.ts";
import { decodePruned, encodePruned } from "./pruned.ts";
import { decodeTip, encodeTip } from "./tip.ts";
import { decodeUndo, encodeUndo } from "./undo.ts";
import { readVarint, writeVarint } from "./varint.ts";

const GENESIS = "ab".repeat(32) as BlockHash;

/** Decoding either throws a DecodeError or gives a value whose encoding is the very input. */
function refusesOrAgrees<T>(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => T,
  encode: (value: T) => Uint8Array,
): void {
  let value: T;
  try {
    value = decode(bytes);
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return;
  }
  assert.deepEqual(Buffer.from(encode(value)), Buffer.from(bytes));
}

function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  const at = bit % (copy.length * 8);
  copy[at >> 3] = (copy[at >> 3] as number) ^ (1 << (at & 7));
  return copy;
}

function codecSuite<T>(
  name: string,
  values: fc.Arbitrary<T>,
  encode: (value: T) => Uint8Array,
  decode: (bytes: Uint8Array) => T,
): void {
  describe(name, () => {
    test("gives back what went in", () => {
      fc.assert(fc.property(values, (value) => assert.deepEqual(decode(encode(value)), value)));
    });

    test("refuses or re-encodes identically what was changed", () => {
      const changed = fc.tuple(values, fc.nat(), fc.nat(), fc.uint8Array({ maxLength: 3 }));
      fc.assert(
        fc.property(changed, ([value, bit, cut, tail]) => {
          const bytes = encode(value);
          refusesOrAgrees(flipBit(bytes, bit), decode, encode);
          refusesOrAgrees(bytes.slice(0, cut % bytes.length), decode, encode);
          refusesOrAgrees(Uint8Array.of(...bytes, ...tail), decode, encode);
        }),
      );
    });

    test("refuses another layout number", () => {
      fc.assert(
        fc.property(values, (value) => {
          const bytes = encode(value).slice();
          bytes[0] = 99;
          assert.throws(() => decode(bytes), DecodeError);
        }),
        { numRuns: 5 },
      );
    });
  });
}

const ENTRY_KEY = entryKey({ height: 7, hash: GENESIS });

codecSuite("coin", coins, encodeCoin, decodeCoin);
codecSuite("undo", deltas, encodeUndo, decodeUndo);
codecSuite("tip", tips, encodeTip, decodeTip);
codecSuite("pruned height", fc.maxSafeNat(), encodePruned, decodePruned);
codecSuite(
  "entry",
  entries.map((entry) => ({ ...entry, height: 7, hash: GENESIS })),
  encodeEntry,
  (bytes) => decodeEntry(ENTRY_KEY, bytes),
);
codecSuite(
  "metadata",
  fc.constantFrom("regtest", "devnet").map((networkName) => ({
    schemaVersion: 2,
    networkName,
    genesisHash: GENESIS,
    coinSumKey: new Uint8Array(COIN_SUM_KEY_BYTES).fill(9),
  })),
  encodeMetadata,
  decodeMetadata,
);

describe("coin", () => {
  test("is small: a P2WPKH coin takes at most 32 bytes", () => {
    const coin = { output: { value: 1_234_567n, scriptPubKey: new Uint8Array(22) }, height: 800_000, coinbase: false };
    assert.ok(encodeCoin(coin).length <= 32);
  });

  test("refuses to be written with an amount that cannot be", () => {
    const coin = { output: { value: -1n, scriptPubKey: new Uint8Array(0) }, height: 1, coinbase: false };
    assert.throws(() => encodeCoin(coin), AssertionFault);
  });
});

describe("varint", () => {
  test("gives back every safe integer", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const writer = new ByteWriter();
        writeVarint(writer, value);
        assert.equal(readVarint(new ByteReader(writer.finish())), value);
      }),
    );
  });

  test("refuses long forms and numbers above 2^53", () => {
    assert.throws(() => readVarint(new ByteReader(Uint8Array.of(0x81, 0x00))), /shortest form/);
    assert.throws(() => readVarint(new ByteReader(new Uint8Array(8).fill(0xff))), /too large/);
    assert.throws(() => writeVarint(new ByteWriter(), -1), AssertionFault);
  });
});

describe("checksum", () => {
  test("notices each single flipped bit of key and value", () => {
    const key = Uint8Array.of(99, 1, 2, 3);
    const sealed = seal(key, Uint8Array.of(4, 5, 6));
    assert.deepEqual(unseal(key, sealed), Uint8Array.of(4, 5, 6));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      assert.throws(() => unseal(key, flipBit(sealed, bit)), DecodeError);
    }
    for (let bit = 0; bit < key.length * 8; bit++) assert.throws(() => unseal(flipBit(key, bit), sealed), DecodeError);
  });

  test("refuses a record shorter than itself", () => {
    assert.throws(() => unseal(Uint8Array.of(1), new Uint8Array(3)), DecodeError);
  });
});

describe("keys", () => {
  test("coin keys give back their outpoint", () => {
    fc.assert(fc.property(outPoints, (outPoint) => assert.deepEqual(parseCoinKey(coinKey(outPoint)), outPoint)));
  });

  test("entry keys give back hash and height, and sort by height", () => {
    fc.assert(
      fc.property(entries, entries, (a, b) => {
        assert.deepEqual(parseEntryKey(entryKey(a)), { height: a.height, hash: a.hash });
        const order = Buffer.compare(entryKey(a), entryKey(b));
        if (a.height !== b.height) assert.equal(Math.sign(order), Math.sign(a.height - b.height));
      }),
    );
  });

  test("keys of a wrong length are refused", () => {
    assert.throws(() => parseCoinKey(new Uint8Array(36)), DecodeError);
    assert.throws(() => parseEntryKey(new Uint8Array(38)), DecodeError);
  });
});
