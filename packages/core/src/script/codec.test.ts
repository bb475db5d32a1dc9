import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { concatBytes, fromHex, toHex } from "../bytes/bytes.ts";
import {
  buildScript,
  decodeScriptNumber,
  encodeScriptNumber,
  isPushOnly,
  pushNumber,
  readOp,
  readOps,
} from "./codec.ts";
import { OP_1, OP_1NEGATE, OP_16, OP_CHECKSIG, OP_NOP, OP_RESERVED, OPCODES, opcodeName } from "./opcodes.ts";

describe("pushes", () => {
  test("take the shortest form for their length", () => {
    const starts: readonly [number, string][] = [
      [0, "00"],
      [1, "01"],
      [75, "4b"],
      [76, "4c4c"],
      [255, "4cff"],
      [256, "4d0001"],
      [65_535, "4dffff"],
      [65_536, "4e00000100"],
    ];
    for (const [length, start] of starts) {
      const data = new Uint8Array(length).fill(7);
      const script = buildScript([data]);
      assert.equal(toHex(script), start + toHex(data), `${length} bytes`);
      assert.deepEqual(readOp(script, 0), {
        opcode: Number.parseInt(start.slice(0, 2), 16),
        data,
        start: 0,
        end: script.length,
      });
    }
  });

  test("are read in every form, also longer ones", () => {
    for (const hex of ["01aa", "4c01aa", "4d0100aa", "4e01000000aa"]) {
      const op = readOp(fromHex(hex), 0);
      assert.ok(op !== "bad-push");
      assert.deepEqual([op.data, op.end], [Uint8Array.of(0xaa), hex.length / 2]);
    }
  });

  test("that promise more than there is are bad, whichever part is missing", () => {
    for (const hex of [
      "01",
      "4b00",
      "4c",
      "4c02aa",
      "4d",
      "4d01",
      "4d0100",
      "4e",
      "4e010000",
      "4e01000000",
      "4effffffff00",
    ]) {
      assert.equal(readOp(fromHex(hex), 0), "bad-push", hex);
      const { ops, complete } = readOps(fromHex(`51${hex}`));
      assert.deepEqual([ops.length, complete], [1, false], hex);
    }
  });

  test("what was built reads back", () => {
    const part = fc.oneof(fc.integer({ min: OP_1NEGATE, max: 0xff }), fc.uint8Array({ maxLength: 600 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        const { ops, complete } = readOps(buildScript(parts));
        assert.ok(complete);
        assert.deepEqual(
          ops.map((op) => op.data ?? op.opcode),
          parts,
        );
      }),
    );
  });

  test("any bytes are cut into steps that cover them without a gap, up to the first bad push", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (script) => {
        const { ops, complete } = readOps(script);
        let end = 0;
        for (const op of ops) {
          assert.equal(op.start, end);
          assert.ok(op.end > op.start);
          end = op.end;
        }
        assert.equal(complete, end === script.length);
        if (!complete) assert.equal(readOp(script, end), "bad-push");
      }),
    );
  });
});

describe("push-only scripts", () => {
  test("hold opcodes up to OP_16, OP_RESERVED among them, and whole pushes", () => {
    const allPushes = buildScript([Uint8Array.of(1), new Uint8Array(300), OP_1NEGATE, OP_RESERVED, OP_1, OP_16]);
    assert.ok(isPushOnly(new Uint8Array(0)));
    assert.ok(isPushOnly(allPushes));
    assert.ok(!isPushOnly(concatBytes(allPushes, Uint8Array.of(OP_NOP))));
    assert.ok(!isPushOnly(concatBytes(allPushes, Uint8Array.of(2, 0))));
    for (let opcode = OP_NOP; opcode <= 0xff; opcode++) assert.ok(!isPushOnly(Uint8Array.of(opcode)));
  });
});

describe("script numbers", () => {
  test("small ones have opcodes, others are pushed", () => {
    assert.deepEqual([-1, 0, 1, 16].map(pushNumber), [OP_1NEGATE, 0, OP_1, OP_16]);
    assert.deepEqual(pushNumber(17), Uint8Array.of(17));
    assert.deepEqual(pushNumber(-2), Uint8Array.of(0x82));
    assert.deepEqual(pushNumber(500_000), fromHex("20a107"));
  });

  test("are little-endian magnitudes with the sign in the top bit", () => {
    const pairs: readonly [bigint, string][] = [
      [0n, ""],
      [127n, "7f"],
      [-127n, "ff"],
      [128n, "8000"],
      [-128n, "8080"],
      [255n, "ff00"],
      [256n, "0001"],
      [-256n, "0081"],
      [0x7fffffffn, "ffffff7f"],
      [-0x80000000n, "0000008080"],
    ];
    for (const [value, hex] of pairs) {
      assert.equal(toHex(encodeScriptNumber(value)), hex);
      assert.equal(decodeScriptNumber(fromHex(hex)), value);
    }
  });

  test("every number reads back, and in its shortest form", () => {
    fc.assert(
      fc.property(fc.bigInt(-(1n << 70n), 1n << 70n), (value) => {
        const bytes = encodeScriptNumber(value);
        assert.equal(decodeScriptNumber(bytes), value);
        if (bytes.length < 2) return;
        const [last, before] = [bytes.at(-1) as number, bytes.at(-2) as number];
        assert.ok((last & 0x7f) !== 0 || (before & 0x80) !== 0, "no byte too many");
      }),
    );
  });

  test("negative zero and padded numbers read as what they are worth", () => {
    assert.equal(decodeScriptNumber(fromHex("80")), 0n);
    assert.equal(decodeScriptNumber(fromHex("0080")), 0n);
    assert.equal(decodeScriptNumber(fromHex("0500")), 5n);
  });
});

describe("opcode names", () => {
  test("are those of the table, one for each value, unknown ones by that name", () => {
    assert.equal(new Set(OPCODES.values()).size, OPCODES.size);
    for (const [name, value] of OPCODES) assert.equal(opcodeName(value), name);
    assert.equal(opcodeName(OP_CHECKSIG), "OP_CHECKSIG");
    assert.equal(OP_CHECKSIG, 0xac);
    assert.equal(opcodeName(0xbb), "OP_UNKNOWN");
  });
});
