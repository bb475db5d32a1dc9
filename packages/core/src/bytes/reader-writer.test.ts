import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { AssertionFault, DecodeError } from "../errors.ts";
import { MAX_COMPACT_SIZE } from "../limits.ts";
import { fromHex, toHex } from "./bytes.ts";
import { ByteReader } from "./reader.ts";
import { ByteWriter, compactSizeLength } from "./writer.ts";

const written = (write: (writer: ByteWriter) => unknown): string => {
  const writer = new ByteWriter(1);
  write(writer);
  return toHex(writer.finish());
};
const readerOf = (hex: string): ByteReader => new ByteReader(fromHex(hex));

/** One write and the read that undoes it. */
type Field = { write: (writer: ByteWriter) => unknown; check: (reader: ByteReader) => void };

const field = <T>(
  values: fc.Arbitrary<T>,
  write: (writer: ByteWriter, value: T) => unknown,
  read: (reader: ByteReader) => T,
): fc.Arbitrary<Field> =>
  values.map((value) => ({
    write: (writer) => write(writer, value),
    check: (reader) => assert.deepEqual(read(reader), value),
  }));

const fields = fc.oneof(
  field(
    fc.nat(0xff),
    (writer, value) => writer.u8(value),
    (reader) => reader.u8(),
  ),
  field(
    fc.nat(0xffff),
    (writer, value) => writer.u16(value),
    (reader) => reader.u16(),
  ),
  field(
    fc.nat(0xffffffff),
    (writer, value) => writer.u32(value),
    (reader) => reader.u32(),
  ),
  field(
    fc.integer(),
    (writer, value) => writer.i32(value),
    (reader) => reader.i32(),
  ),
  field(
    fc.bigInt(0n, (1n << 64n) - 1n),
    (writer, value) => writer.u64(value),
    (reader) => reader.u64(),
  ),
  field(
    fc.bigInt(-(1n << 63n), (1n << 63n) - 1n),
    (writer, value) => writer.i64(value),
    (reader) => reader.i64(),
  ),
  field(
    fc.nat(MAX_COMPACT_SIZE),
    (writer, value) => writer.compactSize(value),
    (reader) => reader.compactSize(),
  ),
  field<Uint8Array>(
    fc.uint8Array({ maxLength: 300 }),
    (writer, value) => writer.varBytes(value),
    (reader) => reader.varBytes(),
  ),
);

describe("reader and writer", () => {
  test("any sequence of fields reads back, to the very end and from a view in the middle of a buffer", () => {
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 20 }), fc.nat(5), (list, shift) => {
        const writer = new ByteWriter(0);
        for (const each of list) each.write(writer);
        const bytes = writer.finish();
        assert.equal(writer.length, bytes.length);
        const buffer = new Uint8Array(bytes.length + 2 * shift).fill(0xee);
        buffer.set(bytes, shift);
        const reader = new ByteReader(buffer.subarray(shift, shift + bytes.length));
        for (const each of list) each.check(reader);
        reader.end();
      }),
    );
  });

  test("numbers are little-endian", () => {
    assert.equal(
      written((writer) => writer.u16(0x0102)),
      "0201",
    );
    assert.equal(
      written((writer) => writer.u32(0x01020304)),
      "04030201",
    );
    assert.equal(
      written((writer) => writer.i32(-2)),
      "feffffff",
    );
    assert.equal(
      written((writer) => writer.u64(0x0102030405060708n)),
      "0807060504030201",
    );
    assert.equal(
      written((writer) => writer.i64(-1n)),
      "ffffffffffffffff",
    );
    assert.equal(readerOf("feffffff").i32(), -2);
    assert.equal(readerOf("feffffff").u32(), 0xfffffffe);
    assert.equal(readerOf("ffffffffffffffff").i64(), -1n);
  });

  test("a cleared writer starts anew, also when it has grown", () => {
    const writer = new ByteWriter(2).i64(-1n).u32(7);
    assert.deepEqual(writer.clear().u16(0x0102).finish(), Uint8Array.of(2, 1));
    assert.deepEqual(writer.i64(3n).finish(), Uint8Array.of(2, 1, 3, 0, 0, 0, 0, 0, 0, 0));
  });

  test("hashes are read and written as they are shown, and nothing else is taken for one", () => {
    const shown = "0f".repeat(31).concat("a1");
    const bytes = new ByteWriter(1).reversedHex(shown).finish();
    assert.equal(bytes[0], 0xa1);
    const reader = new ByteReader(bytes);
    assert.equal(reader.reversedHex(32), shown);
    assert.throws(() => reader.reversedHex(1), DecodeError);
    for (const text of ["0", "0g", "g0", "\u{130}0"])
      assert.throws(() => new ByteWriter().reversedHex(text), RangeError);
  });

  test("what was finished is not touched by growing further", () => {
    const writer = new ByteWriter(2).u16(0x0102);
    const before = writer.finish();
    writer.bytes(new Uint8Array(100));
    assert.equal(toHex(before), "0201");
    assert.equal(writer.finish().length, 102);
  });
});

describe("the end of the input", () => {
  test("every read throws when a byte is missing, and says where", () => {
    const reads: readonly [number, (reader: ByteReader) => unknown][] = [
      [1, (reader) => reader.u8()],
      [2, (reader) => reader.u16()],
      [4, (reader) => reader.u32()],
      [4, (reader) => reader.i32()],
      [8, (reader) => reader.u64()],
      [8, (reader) => reader.i64()],
      [5, (reader) => reader.view(5)],
    ];
    for (const [length, read] of reads) {
      const bytes = new Uint8Array(10 + length).fill(1);
      const reader = new ByteReader(bytes.subarray(0, 9 + length));
      reader.view(10);
      assert.throws(
        () => read(reader),
        (error) => error instanceof DecodeError && error.offset === 10,
      );
      assert.equal(reader.offset, 10, "a read that fails reads nothing");
      const whole = new ByteReader(bytes);
      whole.view(10);
      read(whole);
      assert.equal(whole.remaining, 0);
    }
  });

  test("bytes left over are refused", () => {
    const reader = readerOf("0102");
    reader.u8();
    assert.throws(() => reader.end(), DecodeError);
    reader.u8();
    reader.end();
  });

  test("peeking reads nothing and sees nothing past the end", () => {
    const reader = readerOf("0102");
    assert.deepEqual([reader.peek(), reader.peek(1), reader.peek(2), reader.offset], [1, 2, undefined, 0]);
  });

  test("a length that promises more than there is allocates nothing", () => {
    assert.throws(() => readerOf("fe00000002").varBytes(), DecodeError);
    assert.throws(() => readerOf("0301ff").varBytes(), DecodeError);
  });

  test("a view shares memory with the input: decoding copies no block", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const view = new ByteReader(bytes).view(2);
    bytes[1] = 9;
    assert.equal(view[1], 9);
  });
});

describe("compactSize", () => {
  const STEPS: readonly [number, string][] = [
    [0, "00"],
    [0xfc, "fc"],
    [0xfd, "fdfd00"],
    [0xffff, "fdffff"],
    [0x10000, "fe00000100"],
    [MAX_COMPACT_SIZE, "fe00000002"],
    [0xffffffff, "feffffffff"],
    [0x100000000, "ff0000000001000000"],
    [Number.MAX_SAFE_INTEGER, "ffffffffffffff1f00"],
  ];

  test("takes the shortest form at each step, of the length that is announced", () => {
    for (const [value, hex] of STEPS) {
      assert.equal(
        written((writer) => writer.compactSize(value)),
        hex,
      );
      assert.equal(compactSizeLength(value), hex.length / 2);
      assert.equal(readerOf(hex).compactSize(Number.MAX_SAFE_INTEGER), value);
    }
  });

  test("longer forms of the same number are refused", () => {
    for (const hex of ["fd0000", "fdfc00", "fe00000000", "feffff0000", "ff0000000000000000", "ffffffffff00000000"]) {
      assert.throws(() => readerOf(hex).compactSize(), /shortest form/, hex);
    }
  });

  test("numbers above the limit are refused: Bitcoin Core's 32 MiB, or less where less makes sense", () => {
    assert.equal(readerOf("fe00000002").compactSize(), MAX_COMPACT_SIZE);
    assert.throws(() => readerOf("fe01000002").compactSize(), DecodeError);
    assert.throws(() => readerOf("ffffffffffffffffff").compactSize(), DecodeError);
    assert.equal(readerOf("05").compactSize(5), 5);
    assert.throws(() => readerOf("06").compactSize(5), DecodeError);
  });

  test("what is no count is our own mistake", () => {
    for (const value of [-1, 1.5, Number.NaN, 2 ** 53]) {
      assert.throws(() => new ByteWriter().compactSize(value), AssertionFault);
    }
  });
});
