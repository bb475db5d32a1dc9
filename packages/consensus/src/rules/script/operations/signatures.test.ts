import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concatBytes, fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { buildScript } from "@forkyard/core/script/codec";
import * as op from "@forkyard/core/script/opcodes";
import { MATCHING_CHECKER, runParts } from "../../../testing/run-script.ts";
import { SCRIPT_FLAGS, type ScriptFlags } from "../flags.ts";
import type { SignatureChecker, SignatureVersion } from "../signature-checker.ts";

const { OP_0, OP_CHECKSIG, OP_CHECKSIGVERIFY, OP_CODESEPARATOR, OP_DROP, OP_NOP } = op;

/** Strict DER with r = 1 and the given s of one byte; {@link MATCHING_CHECKER} takes s as the key's last byte. */
const derOf = (s: number, hashType = 1): Uint8Array => Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, s, hashType);
const keyOf = (last: number): Uint8Array => concatBytes(Uint8Array.of(2), new Uint8Array(31), Uint8Array.of(last));
const SIGNATURE = derOf(5);
const KEY = keyOf(5);

describe("CHECKSIG", () => {
  test("leaves whether the signature fits, CHECKSIGVERIFY fails when not", () => {
    assert.deepEqual(runParts([SIGNATURE, KEY, OP_CHECKSIG]), { error: "OK", stack: ["01"] });
    assert.deepEqual(runParts([SIGNATURE, keyOf(6), OP_CHECKSIG]), { error: "OK", stack: [""] });
    assert.deepEqual(runParts([SIGNATURE, KEY, OP_CHECKSIGVERIFY]), { error: "OK", stack: [] });
    assert.equal(runParts([SIGNATURE, keyOf(6), OP_CHECKSIGVERIFY]).error, "CHECKSIGVERIFY");
    assert.equal(runParts([KEY, OP_CHECKSIG]).error, "INVALID_STACK_OPERATION");
  });

  test("NULLFAIL: a signature that fails must be empty (BIP146)", () => {
    const flags = SCRIPT_FLAGS.NULLFAIL;
    assert.equal(runParts([SIGNATURE, keyOf(6), OP_CHECKSIG], { flags }).error, "NULLFAIL");
    assert.deepEqual(runParts([OP_0, keyOf(6), OP_CHECKSIG], { flags }).stack, [""]);
  });

  test("DERSIG and STRICTENC ask for strict DER, STRICTENC for a known hash type too (BIP66)", () => {
    const loose = concatBytes(SIGNATURE.subarray(0, 8), Uint8Array.of(5, 1));
    for (const flags of [SCRIPT_FLAGS.DERSIG, SCRIPT_FLAGS.STRICTENC, SCRIPT_FLAGS.LOW_S]) {
      assert.equal(runParts([loose, KEY, OP_CHECKSIG], { flags }).error, "SIG_DER");
      assert.equal(runParts([OP_0, KEY, OP_CHECKSIG], { flags }).error, "OK");
    }
    assert.equal(runParts([loose, KEY, OP_CHECKSIG]).error, "OK");
    assert.equal(runParts([derOf(5, 4), KEY, OP_CHECKSIG], { flags: SCRIPT_FLAGS.STRICTENC }).error, "SIG_HASHTYPE");
    assert.equal(runParts([derOf(5, 0x83), KEY, OP_CHECKSIG], { flags: SCRIPT_FLAGS.STRICTENC }).error, "OK");
    assert.equal(runParts([derOf(5, 4), KEY, OP_CHECKSIG], { flags: SCRIPT_FLAGS.DERSIG }).error, "OK");
  });

  test("LOW_S refuses the longer of the two forms of a signature", () => {
    const half = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
    const [low, high] = [half, half.replace(/a0$/, "a1")].map((s) => fromHex(`30250201010220${s}01`));
    assert.ok(low !== undefined && high !== undefined);
    const flags = SCRIPT_FLAGS.LOW_S;
    assert.equal(runParts([low, KEY, OP_CHECKSIG], { flags }).error, "OK");
    assert.equal(runParts([high, KEY, OP_CHECKSIG], { flags }).error, "SIG_HIGH_S");
  });

  test("public keys: STRICTENC refuses hybrid ones, WITNESS_PUBKEYTYPE all but compressed ones in a witness", () => {
    const uncompressed = concatBytes(Uint8Array.of(4), new Uint8Array(63), Uint8Array.of(5));
    const hybrid = concatBytes(Uint8Array.of(7), uncompressed.subarray(1));
    assert.equal(checkWithKey(hybrid, SCRIPT_FLAGS.STRICTENC, "base"), "PUBKEYTYPE");
    assert.equal(checkWithKey(hybrid, 0, "base"), "OK");
    assert.equal(checkWithKey(uncompressed, SCRIPT_FLAGS.STRICTENC, "base"), "OK");
    assert.equal(checkWithKey(uncompressed, SCRIPT_FLAGS.WITNESS_PUBKEYTYPE, "witness-v0"), "WITNESS_PUBKEYTYPE");
    assert.equal(checkWithKey(uncompressed, SCRIPT_FLAGS.WITNESS_PUBKEYTYPE, "base"), "OK");
    assert.equal(checkWithKey(KEY, SCRIPT_FLAGS.WITNESS_PUBKEYTYPE, "witness-v0"), "OK");
  });
});

describe("the code that is signed", () => {
  test("starts after the last CODESEPARATOR that ran", () => {
    const rest = [KEY, OP_CHECKSIG];
    const whole = [OP_0, OP_CODESEPARATOR, ...rest, OP_CODESEPARATOR];
    assert.equal(signedBy(whole, "witness-v0"), toHex(buildScript([...rest, OP_CODESEPARATOR])));
    const skipped = [OP_0, OP_0, op.OP_IF, OP_CODESEPARATOR, op.OP_ENDIF, ...rest];
    assert.equal(signedBy(skipped, "witness-v0"), toHex(buildScript(skipped)));
  });

  test("leaves the signature's own pushes out, outside witnesses", () => {
    const script = [SIGNATURE, OP_NOP, SIGNATURE, OP_DROP, KEY, OP_CHECKSIG];
    assert.equal(signedBy(script, "base"), toHex(buildScript([OP_NOP, OP_DROP, KEY, OP_CHECKSIG])));
    assert.equal(signedBy(script, "witness-v0"), toHex(buildScript(script)));
  });

  test("CONST_SCRIPTCODE refuses both old freedoms, outside witnesses", () => {
    const flags = SCRIPT_FLAGS.CONST_SCRIPTCODE;
    const deleting = [SIGNATURE, KEY, OP_CHECKSIG];
    const separating = [op.OP_1, OP_0, op.OP_IF, OP_CODESEPARATOR, op.OP_ENDIF];
    assert.equal(runParts(deleting, { flags }).error, "SIG_FINDANDDELETE");
    assert.equal(runParts(separating, { flags }).error, "OP_CODESEPARATOR");
    assert.equal(runParts(deleting, { flags, version: "witness-v0" }).error, "OK");
    assert.equal(runParts(separating, { flags, version: "witness-v0" }).error, "OK");
  });
});

function checkWithKey(key: Uint8Array, flags: ScriptFlags, version: SignatureVersion): string {
  return runParts([SIGNATURE, key, OP_CHECKSIG], { flags, version }).error;
}

/** The script code that the checker was given. */
function signedBy(parts: readonly (number | Uint8Array)[], version: SignatureVersion): string {
  let seen = "";
  const checker: SignatureChecker = {
    ...MATCHING_CHECKER,
    checkEcdsa: (_signature, _key, scriptCode) => {
      seen = toHex(scriptCode);
      return true;
    },
  };
  assert.equal(runParts(parts, { checker, version }).error, "OK");
  return seen;
}
