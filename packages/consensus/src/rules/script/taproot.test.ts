import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concatBytes } from "@forkyard/core/bytes/bytes";
import { sha256, type Txid } from "@forkyard/core/hash";
import { buildScript } from "@forkyard/core/script/codec";
import {
  OP_0,
  OP_1,
  OP_2DUP,
  OP_CHECKMULTISIG,
  OP_CHECKSIG,
  OP_CHECKSIGADD,
  OP_CHECKSIGVERIFY,
  OP_CODESEPARATOR,
  OP_DROP,
  OP_DUP,
  OP_ELSE,
  OP_ENDIF,
  OP_IF,
  OP_NIP,
  OP_NOP,
  OP_NUMEQUAL,
} from "@forkyard/core/script/opcodes";
import { taggedHash } from "@forkyard/core/tagged-hash";
import { SEQUENCE_FINAL, Transaction, type TxOutput } from "@forkyard/core/tx";
import { selectCurve } from "../../curve/select-curve.ts";
import { runBytes } from "../../testing/run-script.ts";
import {
  schnorrKey,
  schnorrSign,
  TAPSCRIPT_LEAF,
  type TaprootOutput,
  taprootOutput,
} from "../../testing/taproot-tree.ts";
import { MANDATORY_SCRIPT_FLAGS, SCRIPT_FLAGS, type ScriptFlags } from "./flags.ts";
import { bip341Sighash } from "./sighash/bip341.ts";
import type { TaprootContext } from "./signature-checker.ts";
import { branchHash, leafHash } from "./taproot-commitment.ts";
import { isSuccessOpcode } from "./tapscript.ts";
import { TransactionChecker } from "./transaction-checker.ts";
import { verifyScript } from "./verify-script.ts";

const curve = selectCurve();
const EMPTY = new Uint8Array(0);
const key = schnorrKey(7n);
const NO_SEPARATOR = 0xffffffff;
const ANNEX = Uint8Array.of(0x50, 1, 2);
const OP_SUCCESS80 = 80;

const RICH: TxOutput = { value: 5_000n, scriptPubKey: Uint8Array.of(OP_1) };

/** Two inputs, of which the first is looked at, and one output. */
function spendOf(output: TaprootOutput, witness: readonly Uint8Array[]): { tx: Transaction; spent: TxOutput[] } {
  const input = (n: number, items: readonly Uint8Array[]) => ({
    prevout: { txid: n.toString(16).padStart(64, "0") as Txid, vout: n },
    scriptSig: EMPTY,
    sequence: SEQUENCE_FINAL,
    witness: items,
  });
  const tx = new Transaction({
    version: 2,
    inputs: [input(1, witness), input(2, [])],
    outputs: [{ value: 900n, scriptPubKey: EMPTY }],
    lockTime: 0,
  });
  return { tx, spent: [{ value: 1_000n, scriptPubKey: output.scriptPubKey }, RICH] };
}

function result(
  output: TaprootOutput,
  witness: readonly Uint8Array[],
  flags: ScriptFlags = MANDATORY_SCRIPT_FLAGS,
): string {
  const { tx, spent } = spendOf(output, witness);
  const spend = { scriptSig: EMPTY, scriptPubKey: output.scriptPubKey, witness };
  return verifyScript(spend, flags, new TransactionChecker(tx, 0, spent, curve));
}

function digest(output: TaprootOutput, hashType: number, context: TaprootContext = {}): Uint8Array {
  const { tx, spent } = spendOf(output, []);
  return bip341Sighash(tx, 0, spent, hashType, context) as Uint8Array;
}

/** Runs a script as the only leaf. */
function runLeaf(script: Uint8Array, items: readonly Uint8Array[], flags?: ScriptFlags): string {
  const output = taprootOutput(3n, script);
  return result(output, [...items, script, output.control], flags);
}

/** A signature of {@link key} in a leaf. */
function leafSignature(script: Uint8Array, codeSeparatorPosition = NO_SEPARATOR): Uint8Array {
  const leaf = { hash: leafHash(TAPSCRIPT_LEAF, script), codeSeparatorPosition };
  return schnorrSign(digest(taprootOutput(3n, script), 0, { leaf }), key.secret);
}

describe("key path (BIP341)", () => {
  const output = taprootOutput(3n, buildScript([OP_1]));
  const sign = (hashType: number): Uint8Array => schnorrSign(digest(output, hashType), output.outputSecret);

  test("a signature of 64 bytes has the default hash type, another type is its last byte", () => {
    assert.equal(result(output, [sign(0)]), "OK");
    for (const hashType of [1, 2, 3, 0x81, 0x82, 0x83]) {
      assert.equal(result(output, [Uint8Array.of(...sign(hashType), hashType)]), "OK");
    }
    assert.equal(result(output, [Uint8Array.of(...sign(0), 1)]), "SCHNORR_SIG", "the type is signed too");
  });

  test("the default type is never spelt out, and unknown types fail", () => {
    for (const hashType of [0, 4, 0x80, 0x84, 0xff]) {
      assert.equal(result(output, [Uint8Array.of(...sign(1), hashType)]), "SCHNORR_SIG_HASHTYPE");
    }
  });

  test("SINGLE without an output of the input's index has nothing to sign", () => {
    const { tx, spent } = spendOf(output, []);
    const checker = new TransactionChecker(tx, 1, [spent[1] as TxOutput, spent[0] as TxOutput], curve);
    const spend = { scriptSig: EMPTY, scriptPubKey: output.scriptPubKey, witness: [Uint8Array.of(...sign(3), 3)] };
    assert.equal(verifyScript(spend, MANDATORY_SCRIPT_FLAGS, checker), "SCHNORR_SIG_HASHTYPE");
  });

  test("other sizes fail, the empty one too, and so does an empty witness", () => {
    for (const size of [0, 63, 66]) assert.equal(result(output, [new Uint8Array(size)]), "SCHNORR_SIG_SIZE");
    assert.equal(result(output, []), "WITNESS_PROGRAM_WITNESS_EMPTY");
  });

  test("an annex is dropped and signed", () => {
    assert.equal(result(output, [sign(0), ANNEX]), "SCHNORR_SIG");
    assert.equal(result(output, [ANNEX]), "SCHNORR_SIG_SIZE", "alone it is no annex");
    const annexHash = digestOfAnnex();
    assert.equal(result(output, [schnorrSign(digest(output, 0, { annexHash }), output.outputSecret), ANNEX]), "OK");
  });

  test("what the other inputs spend is signed, unless ANYONECANPAY", () => {
    const poorer = { ...RICH, value: RICH.value - 1n };
    for (const [hashType, expected] of [
      [1, "SCHNORR_SIG"],
      [0x81, "OK"],
    ] as const) {
      const witness = [Uint8Array.of(...sign(hashType), hashType)];
      const { tx, spent } = spendOf(output, witness);
      const checker = new TransactionChecker(tx, 0, [spent[0] as TxOutput, poorer], curve);
      const spend = { scriptSig: EMPTY, scriptPubKey: output.scriptPubKey, witness };
      assert.equal(verifyScript(spend, MANDATORY_SCRIPT_FLAGS, checker), expected);
    }
  });

  test("without the rule anyone may spend", () => {
    assert.equal(result(output, [], MANDATORY_SCRIPT_FLAGS & ~SCRIPT_FLAGS.TAPROOT), "OK");
  });
});

describe("script path (BIP341)", () => {
  const script = buildScript([OP_1]);

  test("the control block proves the script", () => {
    for (const nodes of [0, 1, 2, 128]) {
      const path = Array.from({ length: nodes }, (_, i) => new Uint8Array(32).fill(i));
      const output = taprootOutput(3n, script, { path });
      assert.equal(result(output, [script, output.control]), "OK");
      assert.equal(result(output, [script, output.control, ANNEX]), "OK");
      for (const at of [0, 1, output.control.length - 1]) {
        const wrong = output.control.slice();
        wrong[at] = (wrong[at] as number) ^ 1;
        assert.equal(result(output, [script, wrong]), "WITNESS_PROGRAM_MISMATCH");
      }
      assert.equal(result(output, [buildScript([OP_1, OP_NOP]), output.control]), "WITNESS_PROGRAM_MISMATCH");
    }
  });

  test("a control block is 33 bytes and up to 128 nodes of 32", () => {
    const output = taprootOutput(3n, script);
    for (const size of [0, 1, 32, 34, 64, 66, 33 + 129 * 32]) {
      assert.equal(result(output, [script, new Uint8Array(size)]), "TAPROOT_WRONG_CONTROL_SIZE", `${size}`);
    }
  });

  test("two branches are hashed with the smaller one first", () => {
    const [low, high] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    assert.deepEqual(branchHash(low, high), taggedHash("TapBranch")(low, high));
    assert.deepEqual(branchHash(high, low), branchHash(low, high));
  });

  test("leaf versions without a meaning are open to anyone, though not relayed", () => {
    const never = buildScript([OP_0]);
    const output = taprootOutput(3n, never, { leafVersion: 0xc2 });
    assert.equal(result(output, [never, output.control]), "OK");
    const flags = MANDATORY_SCRIPT_FLAGS | SCRIPT_FLAGS.DISCOURAGE_UPGRADABLE_TAPROOT_VERSION;
    assert.equal(result(output, [never, output.control], flags), "DISCOURAGE_UPGRADABLE_TAPROOT_VERSION");
  });
});

describe("tapscript (BIP342)", () => {
  test("OP_SUCCESS anywhere wins over everything but what cannot be read before it", () => {
    const huge = new Uint8Array(521);
    const script = buildScript([OP_0, OP_SUCCESS80]);
    assert.equal(runLeaf(script, [huge]), "OK");
    assert.equal(runLeaf(concatBytes(script, Uint8Array.of(75)), []), "OK");
    assert.equal(runLeaf(Uint8Array.of(2, OP_SUCCESS80), []), "BAD_OPCODE");
    assert.equal(runLeaf(Uint8Array.of(1, OP_SUCCESS80), []), "OK", "an operand is no opcode, and 80 is true");
    const flags = MANDATORY_SCRIPT_FLAGS | SCRIPT_FLAGS.DISCOURAGE_OP_SUCCESS;
    assert.equal(runLeaf(script, [], flags), "DISCOURAGE_OP_SUCCESS");
    const count = Array.from({ length: 256 }, (_, opcode) => opcode).filter(isSuccessOpcode).length;
    assert.equal(count, 87, "as many as BIP342 lists");
  });

  test("elements are limited, the script's size and its operations are not", () => {
    const long = buildScript([OP_1, ...Array.from({ length: 12_000 }, () => OP_NOP)]);
    assert.equal(runLeaf(long, []), "OK");
    assert.equal(runLeaf(buildScript([OP_DROP, OP_1]), [new Uint8Array(520)]), "OK");
    assert.equal(runLeaf(buildScript([OP_DROP, OP_1]), [new Uint8Array(521)]), "PUSH_SIZE");
    assert.equal(runLeaf(buildScript([OP_1]), emptyItems(1_001)), "STACK_SIZE");
    assert.equal(runLeaf(buildScript([OP_DROP]), emptyItems(1_001)), "STACK_SIZE", "before anything runs");
    assert.equal(runLeaf(buildScript([OP_NIP]), emptyItems(1_000)), "CLEANSTACK");
    assert.equal(runLeaf(buildScript([OP_DUP]), emptyItems(1_000)), "STACK_SIZE");
  });

  test("one true element is left", () => {
    assert.equal(runLeaf(buildScript([OP_1, OP_1]), []), "CLEANSTACK");
    assert.equal(runLeaf(buildScript([OP_0]), []), "EVAL_FALSE");
  });

  test("conditions are minimal by consensus", () => {
    const script = buildScript([OP_IF, OP_1, OP_ELSE, OP_1, OP_ENDIF]);
    for (const good of [EMPTY, Uint8Array.of(1)]) assert.equal(runLeaf(script, [good]), "OK");
    for (const bad of [Uint8Array.of(0), Uint8Array.of(2), Uint8Array.of(1, 0)]) {
      assert.equal(runLeaf(script, [bad]), "TAPSCRIPT_MINIMALIF");
    }
  });

  test("a signature is right, or empty and false", () => {
    const script = buildScript([key.publicKey, OP_CHECKSIG]);
    assert.equal(runLeaf(script, [leafSignature(script)]), "OK");
    assert.equal(runLeaf(script, [EMPTY]), "EVAL_FALSE");
    assert.equal(runLeaf(script, [leafSignature(buildScript([OP_1]))]), "SCHNORR_SIG", "the leaf is signed");
    assert.equal(runLeaf(script, [new Uint8Array(63)]), "SCHNORR_SIG_SIZE");
    assert.equal(runLeaf(buildScript([key.publicKey, OP_CHECKSIGVERIFY, OP_1]), [EMPTY]), "CHECKSIGVERIFY");
  });

  test("OP_CHECKSIGADD counts", () => {
    const oneOfTwo = buildScript([
      OP_0,
      key.publicKey,
      OP_CHECKSIGADD,
      key.publicKey,
      OP_CHECKSIGADD,
      OP_1,
      OP_NUMEQUAL,
    ]);
    assert.equal(runLeaf(oneOfTwo, [EMPTY, leafSignature(oneOfTwo)]), "OK");
    assert.equal(runLeaf(oneOfTwo, [leafSignature(oneOfTwo), EMPTY]), "OK");
    assert.equal(runLeaf(oneOfTwo, [EMPTY, EMPTY]), "EVAL_FALSE");
    const two = buildScript([OP_1, key.publicKey, OP_CHECKSIGADD, Uint8Array.of(2), OP_NUMEQUAL]);
    assert.equal(runLeaf(two, [leafSignature(two)]), "OK");
    assert.equal(runLeaf(two, [EMPTY]), "EVAL_FALSE");
    assert.equal(runLeaf(buildScript([OP_CHECKSIGADD]), [EMPTY, EMPTY]), "INVALID_STACK_OPERATION");
    for (const version of ["base", "witness-v0"] as const) {
      assert.equal(runBytes(buildScript([OP_CHECKSIGADD]), { version }).error, "BAD_OPCODE");
    }
  });

  test("OP_CHECKMULTISIG is gone where it would run", () => {
    assert.equal(runLeaf(buildScript([OP_CHECKMULTISIG]), []), "TAPSCRIPT_CHECKMULTISIG");
    assert.equal(runLeaf(buildScript([OP_0, OP_IF, OP_CHECKMULTISIG, OP_ENDIF, OP_1]), []), "OK");
  });

  test("keys of other sizes are left to later forks; the empty one is an error", () => {
    const odd = buildScript([key.publicKey.subarray(1), OP_CHECKSIG]);
    assert.equal(runLeaf(odd, [Uint8Array.of(1)]), "OK");
    assert.equal(runLeaf(odd, [EMPTY]), "EVAL_FALSE");
    const flags = MANDATORY_SCRIPT_FLAGS | SCRIPT_FLAGS.DISCOURAGE_UPGRADABLE_PUBKEYTYPE;
    assert.equal(runLeaf(odd, [Uint8Array.of(1)], flags), "DISCOURAGE_UPGRADABLE_PUBKEYTYPE");
    assert.equal(runLeaf(odd, [EMPTY], flags), "DISCOURAGE_UPGRADABLE_PUBKEYTYPE");
    const empty = buildScript([OP_0, OP_CHECKSIG]);
    assert.equal(runLeaf(empty, [EMPTY]), "TAPSCRIPT_EMPTY_PUBKEY");
    assert.equal(runLeaf(empty, [Uint8Array.of(1)]), "TAPSCRIPT_EMPTY_PUBKEY");
  });

  test("signatures use up the weight of the witness, 50 each", () => {
    const witness = [Uint8Array.of(1), Uint8Array.of(1)];
    const one = signatureChecks(0);
    assert.equal(runLeaf(one, witness), "OK");
    for (const count of [1, 2, 3]) {
      const script = signatureChecks(count);
      assert.equal(
        runLeaf(script, witness),
        count + 1 <= allowedSignatures(script) ? "OK" : "TAPSCRIPT_VALIDATION_WEIGHT",
      );
    }
    assert.equal(allowedSignatures(signatureChecks(1)), 1);
  });

  test("the position of the last OP_CODESEPARATOR that ran is signed", () => {
    const script = buildScript([OP_NOP, Uint8Array.of(9), OP_DROP, OP_CODESEPARATOR, key.publicKey, OP_CHECKSIG]);
    assert.equal(runLeaf(script, [leafSignature(script, 3)]), "OK");
    assert.equal(runLeaf(script, [leafSignature(script)]), "SCHNORR_SIG");
    const skipped = buildScript([OP_0, OP_IF, OP_CODESEPARATOR, OP_ENDIF, key.publicKey, OP_CHECKSIG]);
    assert.equal(runLeaf(skipped, [leafSignature(skipped)]), "OK");
  });
});

function digestOfAnnex(): Uint8Array {
  return sha256(Uint8Array.of(ANNEX.length, ...ANNEX));
}

function emptyItems(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => EMPTY);
}

/** Checks the same signature so many times more than once. */
function signatureChecks(count: number): Uint8Array {
  return buildScript([...Array.from({ length: count }, () => [OP_2DUP, OP_CHECKSIGVERIFY]).flat(), OP_CHECKSIG]);
}

/** How many signatures a witness of two items of one byte, this script and a control block of 33 bytes pays for. */
function allowedSignatures(script: Uint8Array): number {
  const witnessBytes = 1 + 2 + 2 + (1 + script.length) + (1 + 33);
  return Math.floor((witnessBytes + 50) / 50);
}
