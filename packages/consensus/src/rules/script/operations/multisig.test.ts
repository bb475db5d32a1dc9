import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pushNumber } from "@forkyard/core/script/codec";
import * as op from "@forkyard/core/script/opcodes";
import { MATCHING_CHECKER, runParts } from "../../../testing/run-script.ts";
import { SCRIPT_FLAGS } from "../flags.ts";
import type { SignatureChecker } from "../signature-checker.ts";

const { OP_0, OP_1, OP_CHECKMULTISIG, OP_CHECKMULTISIGVERIFY } = op;

const signature = (last: number): Uint8Array => Uint8Array.of(last, 1);
const key = (last: number): Uint8Array => Uint8Array.of(2, last);

/** Dummy, signatures, keys, CHECKMULTISIG. */
function multisig(signatures: number[], keys: number[], dummy: number = OP_0): (number | Uint8Array)[] {
  return [
    dummy,
    ...signatures.map(signature),
    pushNumber(signatures.length),
    ...keys.map(key),
    pushNumber(keys.length),
    OP_CHECKMULTISIG,
  ];
}

describe("CHECKMULTISIG", () => {
  test("takes signatures in the order of the keys", () => {
    for (const signed of [
      [1, 2],
      [1, 3],
      [2, 3],
    ])
      assert.deepEqual(runParts(multisig(signed, [1, 2, 3])).stack, ["01"]);
    for (const signed of [
      [2, 1],
      [3, 1],
      [1, 1],
      [1, 4],
    ]) {
      assert.deepEqual(runParts(multisig(signed, [1, 2, 3])), { error: "OK", stack: [""] });
    }
    assert.deepEqual(runParts(multisig([], [1, 2])).stack, ["01"]);
    assert.deepEqual(runParts(multisig([], [])).stack, ["01"]);
  });

  test("CHECKMULTISIGVERIFY fails when they do not fit", () => {
    for (const [signer, expected] of [
      [1, "OK"],
      [3, "CHECKMULTISIGVERIFY"],
    ] as const) {
      const script = [...multisig([signer], [1, 2]).slice(0, -1), OP_CHECKMULTISIGVERIFY];
      assert.equal(runParts(script).error, expected);
    }
  });

  test("limits and their order", () => {
    const keys = Array.from({ length: 20 }, (_, i) => i);
    assert.equal(runParts(multisig([], keys)).error, "OK");
    assert.equal(runParts(multisig([], [...keys, 20])).error, "PUBKEY_COUNT");
    assert.equal(runParts([op.OP_1NEGATE, OP_CHECKMULTISIG]).error, "PUBKEY_COUNT");
    assert.equal(runParts([OP_0, OP_1, OP_0, OP_CHECKMULTISIG]).error, "SIG_COUNT");
    assert.equal(runParts([OP_0, op.OP_1NEGATE, OP_0, OP_CHECKMULTISIG]).error, "SIG_COUNT");
    for (const missing of [[OP_CHECKMULTISIG], [OP_1, OP_CHECKMULTISIG], [OP_0, OP_CHECKMULTISIG]]) {
      assert.equal(runParts(missing).error, "INVALID_STACK_OPERATION");
    }
    // Nothing is left for the dummy: this comes before the signature is looked at.
    const noDummy = multisig([1], [1]).slice(1);
    assert.equal(runParts(noDummy, { flags: SCRIPT_FLAGS.DERSIG }).error, "INVALID_STACK_OPERATION");
  });

  test("keys count as operations: 201 in all", () => {
    const keys = Array.from({ length: 19 }, (_, i) => i);
    const ten = Array.from({ length: 10 }, () => [...multisig([], keys), op.OP_DROP]).flat();
    // 10 x (19 keys + CHECKMULTISIG + DROP) = 210.
    assert.equal(runParts(ten).error, "OP_COUNT");
    assert.equal(runParts(ten.slice(0, 9 * (ten.length / 10))).error, "OK");
  });

  test("NULLDUMMY: the extra element must be empty (BIP147)", () => {
    assert.equal(runParts(multisig([1], [1], OP_1)).error, "OK");
    assert.equal(runParts(multisig([1], [1], OP_1), { flags: SCRIPT_FLAGS.NULLDUMMY }).error, "SIG_NULLDUMMY");
    assert.equal(runParts(multisig([1], [1]), { flags: SCRIPT_FLAGS.NULLDUMMY }).error, "OK");
  });

  test("NULLFAIL: all signatures of a check that fails must be empty (BIP146)", () => {
    const flags = SCRIPT_FLAGS.NULLFAIL;
    assert.equal(runParts(multisig([3], [1]), { flags }).error, "NULLFAIL");
    const empty = [OP_0, OP_0, OP_1, key(1), OP_1, OP_CHECKMULTISIG];
    assert.deepEqual(runParts(empty, { flags }).stack, [""]);
  });

  test("stops when too few keys are left, and keys not reached are not looked at", () => {
    const asked: number[] = [];
    const checker: SignatureChecker = {
      ...MATCHING_CHECKER,
      checkEcdsa: (given, publicKey) => {
        asked.push(publicKey.at(-1) as number);
        return given.at(-2) === publicKey.at(-1);
      },
    };
    runParts(multisig([1, 9], [1, 2, 3]), { checker });
    assert.deepEqual(asked, [3, 2]);
  });
});
