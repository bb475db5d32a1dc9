import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concatBytes } from "@forkyard/core/bytes/bytes";
import { AssertionFault, RuleError } from "@forkyard/core/errors";
import { hash160, sha256, type Txid } from "@forkyard/core/hash";
import { buildScript } from "@forkyard/core/script/codec";
import { OP_0, OP_1, OP_2, OP_3, OP_CHECKMULTISIG, OP_DROP, OP_DUP, OP_NOP } from "@forkyard/core/script/opcodes";
import { payToPublicKey, payToPublicKeyHash, payToScriptHash, payToWitness } from "@forkyard/core/script/templates";
import { Transaction, type TransactionFields, type TxInput, type TxOutput } from "@forkyard/core/tx";
import { selectCurve } from "../../curve/select-curve.ts";
import { MATCHING_CHECKER } from "../../testing/run-script.ts";
import { signDigest, testKey } from "../../testing/signing.ts";
import { MANDATORY_SCRIPT_FLAGS, SCRIPT_FLAGS, type ScriptFlags, STANDARD_SCRIPT_FLAGS } from "./flags.ts";
import { bip143Sighash } from "./sighash/bip143.ts";
import { SIGHASH_ALL } from "./sighash/hash-type.ts";
import { legacySighash } from "./sighash/legacy.ts";
import { type ScriptSpend, verifyInput, verifyScript } from "./verify-script.ts";

const { P2SH, WITNESS, CLEANSTACK, SIGPUSHONLY, TAPROOT, DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM } = SCRIPT_FLAGS;
const curve = selectCurve();
const EMPTY = new Uint8Array(0);
const TRUE_SCRIPT = buildScript([OP_1]);

/** The result of a spend that asks nothing of a transaction. */
function result(spend: Partial<ScriptSpend>, flags: ScriptFlags): string {
  return verifyScript({ scriptSig: EMPTY, scriptPubKey: TRUE_SCRIPT, witness: [], ...spend }, flags, MATCHING_CHECKER);
}

/** The output of a P2WSH. */
function scriptHash(script: Uint8Array): Uint8Array {
  return payToWitness(0, sha256(script));
}

/** A witness program inside P2SH. */
function nested(program: Uint8Array): Partial<ScriptSpend> {
  return { scriptPubKey: payToScriptHash(hash160(program)), scriptSig: buildScript([program]) };
}

function runWitness(script: Uint8Array, ...items: Uint8Array[]): string {
  return result({ scriptPubKey: scriptHash(script), witness: [...items, script] }, P2SH | WITNESS);
}

function check(tx: Transaction, output: TxOutput, flags: ScriptFlags): void {
  verifyInput({ tx, inputIndex: 0, spent: [output], flags }, curve);
}

function failsWith(error: string): (thrown: unknown) => boolean {
  return (thrown) =>
    thrown instanceof RuleError &&
    thrown.code === "mandatory-script-verify-flag-failed" &&
    thrown.data["error"] === error;
}

describe("scriptSig and scriptPubKey", () => {
  test("run one after the other on one stack, and true must be on top", () => {
    assert.equal(result({}, 0), "OK");
    assert.equal(result({ scriptSig: TRUE_SCRIPT, scriptPubKey: EMPTY }, 0), "OK");
    assert.equal(result({ scriptPubKey: EMPTY }, 0), "EVAL_FALSE");
    assert.equal(result({ scriptPubKey: Uint8Array.of(1, 0x80) }, 0), "EVAL_FALSE");
  });

  test("SIGPUSHONLY and CLEANSTACK", () => {
    const scriptSig = buildScript([OP_1, OP_NOP]);
    assert.equal(result({ scriptSig }, 0), "OK");
    assert.equal(result({ scriptSig }, SIGPUSHONLY), "SIG_PUSHONLY");
    assert.equal(result({ scriptSig }, P2SH | WITNESS | CLEANSTACK), "CLEANSTACK");
    assert.equal(result({}, P2SH | WITNESS | CLEANSTACK), "OK");
  });

  test("rules that need others are never asked for alone", () => {
    assert.throws(() => result({}, WITNESS), AssertionFault);
    assert.throws(() => result({}, P2SH | CLEANSTACK), AssertionFault);
  });
});

describe("pay to script hash (BIP16)", () => {
  const redeemScript = buildScript([OP_DROP, OP_1]);
  const scriptPubKey = payToScriptHash(hash160(redeemScript));

  test("runs the redeem script on what was pushed before it", () => {
    assert.equal(result({ scriptPubKey, scriptSig: buildScript([OP_3, redeemScript]) }, P2SH), "OK");
    assert.equal(result({ scriptPubKey, scriptSig: buildScript([redeemScript]) }, P2SH), "INVALID_STACK_OPERATION");
    assert.equal(result({ scriptPubKey, scriptSig: buildScript([redeemScript]) }, 0), "OK");
    assert.equal(result({ scriptPubKey, scriptSig: buildScript([OP_3, TRUE_SCRIPT]) }, P2SH), "EVAL_FALSE");
  });

  test("asks for pushes only, and with CLEANSTACK for nothing left over", () => {
    const withNop = buildScript([OP_NOP, OP_3, redeemScript]);
    assert.equal(result({ scriptPubKey, scriptSig: withNop }, P2SH), "SIG_PUSHONLY");
    const twoLeft = buildScript([OP_3, OP_3, redeemScript]);
    assert.equal(result({ scriptPubKey, scriptSig: twoLeft }, P2SH), "OK");
    assert.equal(result({ scriptPubKey, scriptSig: twoLeft }, P2SH | WITNESS | CLEANSTACK), "CLEANSTACK");
  });

  test("a redeem script that leaves false fails", () => {
    const falseScript = buildScript([OP_0]);
    const spend = { scriptPubKey: payToScriptHash(hash160(falseScript)), scriptSig: buildScript([falseScript]) };
    assert.equal(result(spend, P2SH), "EVAL_FALSE");
  });
});

describe("witness programs (BIP141)", () => {
  const flags = P2SH | WITNESS;

  test("version 0 with 32 bytes runs the script that hashes to it", () => {
    assert.equal(result({ scriptPubKey: scriptHash(TRUE_SCRIPT), witness: [TRUE_SCRIPT] }, flags), "OK");
    assert.equal(result({ scriptPubKey: scriptHash(TRUE_SCRIPT) }, flags), "WITNESS_PROGRAM_WITNESS_EMPTY");
    const other = [buildScript([OP_2])];
    assert.equal(result({ scriptPubKey: scriptHash(TRUE_SCRIPT), witness: other }, flags), "WITNESS_PROGRAM_MISMATCH");
    assert.equal(result({ scriptPubKey: scriptHash(TRUE_SCRIPT) }, P2SH), "OK");
  });

  test("its script must end with one true element, whatever the flags", () => {
    assert.equal(runWitness(buildScript([OP_DUP]), Uint8Array.of(1)), "CLEANSTACK");
    assert.equal(runWitness(buildScript([OP_0])), "EVAL_FALSE");
    assert.equal(runWitness(EMPTY), "CLEANSTACK");
    assert.equal(runWitness(buildScript([OP_DROP, OP_1]), new Uint8Array(520)), "OK");
    assert.equal(runWitness(buildScript([OP_DROP, OP_1]), new Uint8Array(521)), "PUSH_SIZE");
  });

  test("version 0 knows no other lengths, and 20 bytes take two elements", () => {
    const [program20, program21] = [20, 21].map((length) => payToWitness(0, new Uint8Array(length).fill(1)));
    assert.ok(program20 !== undefined && program21 !== undefined);
    assert.equal(result({ scriptPubKey: program21, witness: [EMPTY] }, flags), "WITNESS_PROGRAM_WRONG_LENGTH");
    assert.equal(result({ scriptPubKey: program20, witness: [EMPTY] }, flags), "WITNESS_PROGRAM_MISMATCH");
    assert.equal(
      result({ scriptPubKey: program20, witness: [EMPTY, EMPTY, EMPTY] }, flags),
      "WITNESS_PROGRAM_MISMATCH",
    );
  });

  test("scriptSig must be empty, or in P2SH the push of the program alone", () => {
    const witness = [TRUE_SCRIPT];
    const program = scriptHash(TRUE_SCRIPT);
    assert.equal(result({ scriptPubKey: program, scriptSig: TRUE_SCRIPT, witness }, flags), "WITNESS_MALLEATED");
    assert.equal(result({ ...nested(program), witness }, flags), "OK");
    const extra = { ...nested(program), scriptSig: buildScript([OP_1, program]), witness };
    assert.equal(result(extra, flags), "WITNESS_MALLEATED_P2SH");
    const longPush = { ...nested(program), scriptSig: concatBytes(Uint8Array.of(0x4c, 34), program), witness };
    assert.equal(result(longPush, flags), "WITNESS_MALLEATED_P2SH");
  });

  test("a witness where no program asks for one is refused", () => {
    assert.equal(result({ witness: [EMPTY] }, flags), "WITNESS_UNEXPECTED");
    assert.equal(result({ witness: [EMPTY] }, P2SH), "OK");
    const p2sh = { scriptPubKey: payToScriptHash(hash160(TRUE_SCRIPT)), scriptSig: buildScript([TRUE_SCRIPT]) };
    assert.equal(result({ ...p2sh, witness: [EMPTY] }, flags), "WITNESS_UNEXPECTED");
  });

  test("later versions may be spent by anyone, unless that is discouraged; the anchor always may", () => {
    const strict = flags | DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM;
    for (const [version, length] of [
      [1, 31],
      [2, 32],
      [16, 2],
    ] as const) {
      const scriptPubKey = payToWitness(version, new Uint8Array(length).fill(1));
      assert.equal(result({ scriptPubKey, witness: [EMPTY] }, flags), "OK");
      assert.equal(result({ scriptPubKey, witness: [EMPTY] }, strict), "DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM");
    }
    const anchor = payToWitness(1, Uint8Array.of(0x4e, 0x73));
    assert.equal(result({ scriptPubKey: anchor }, strict), "OK");
    assert.equal(result(nested(anchor), strict), "DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM");
  });

  test("taproot rules hold where they are on, for programs of 32 bytes outside P2SH", () => {
    const scriptPubKey = payToWitness(1, new Uint8Array(32).fill(1));
    const witness = [new Uint8Array(64)];
    assert.equal(result({ scriptPubKey, witness }, flags | TAPROOT), "SCHNORR_SIG");
    assert.equal(result({ scriptPubKey }, flags | TAPROOT), "WITNESS_PROGRAM_WITNESS_EMPTY");
    assert.equal(result({ scriptPubKey: payToWitness(1, new Uint8Array(31).fill(1)), witness }, flags | TAPROOT), "OK");
    assert.equal(result({ scriptPubKey, witness }, flags), "OK");
    assert.equal(result({ ...nested(scriptPubKey), witness }, flags | TAPROOT), "OK");
  });
});

describe("signed spends", () => {
  const key = testKey(1);
  const other = testKey(2);
  const multisig = buildScript([OP_1, other.publicKey, key.publicKey, OP_2, OP_CHECKMULTISIG]);
  const keyHash = hash160(key.publicKey);
  const AMOUNT = 50_000n;

  interface Kind {
    readonly name: string;
    readonly scriptPubKey: Uint8Array;
    /** The script that the signature covers. */
    readonly scriptCode: Uint8Array;
    readonly segwit: boolean;
    readonly fill: (signature: Uint8Array) => Pick<TxInput, "scriptSig" | "witness">;
  }

  const kinds: readonly Kind[] = [
    {
      name: "P2PK",
      scriptPubKey: payToPublicKey(key.publicKey),
      scriptCode: payToPublicKey(key.publicKey),
      segwit: false,
      fill: (signature) => ({ scriptSig: buildScript([signature]), witness: [] }),
    },
    {
      name: "P2PKH",
      scriptPubKey: payToPublicKeyHash(keyHash),
      scriptCode: payToPublicKeyHash(keyHash),
      segwit: false,
      fill: (signature) => ({ scriptSig: buildScript([signature, key.publicKey]), witness: [] }),
    },
    {
      name: "P2SH multisig",
      scriptPubKey: payToScriptHash(hash160(multisig)),
      scriptCode: multisig,
      segwit: false,
      fill: (signature) => ({ scriptSig: buildScript([OP_0, signature, multisig]), witness: [] }),
    },
    {
      name: "P2WPKH",
      scriptPubKey: payToWitness(0, keyHash),
      scriptCode: payToPublicKeyHash(keyHash),
      segwit: true,
      fill: (signature) => ({ scriptSig: EMPTY, witness: [signature, key.publicKey] }),
    },
    {
      name: "P2SH-P2WPKH",
      scriptPubKey: payToScriptHash(hash160(payToWitness(0, keyHash))),
      scriptCode: payToPublicKeyHash(keyHash),
      segwit: true,
      fill: (signature) => ({
        scriptSig: buildScript([payToWitness(0, keyHash)]),
        witness: [signature, key.publicKey],
      }),
    },
    {
      name: "P2WSH multisig",
      scriptPubKey: payToWitness(0, sha256(multisig)),
      scriptCode: multisig,
      segwit: true,
      fill: (signature) => ({ scriptSig: EMPTY, witness: [EMPTY, signature, multisig] }),
    },
  ];

  const UNSIGNED: TransactionFields = {
    version: 2,
    inputs: [{ prevout: { txid: "ab".repeat(32) as Txid, vout: 1 }, scriptSig: EMPTY, sequence: 0, witness: [] }],
    outputs: [{ value: AMOUNT - 1000n, scriptPubKey: payToWitness(0, new Uint8Array(20)) }],
    lockTime: 0,
  };
  const unsigned = new Transaction(UNSIGNED);

  const signed = (kind: Kind): Transaction => {
    const digest = kind.segwit
      ? bip143Sighash(unsigned, 0, kind.scriptCode, AMOUNT, SIGHASH_ALL)
      : legacySighash(unsigned, 0, kind.scriptCode, SIGHASH_ALL);
    const filled = kind.fill(signDigest(key, digest, SIGHASH_ALL));
    return new Transaction({ ...UNSIGNED, inputs: [{ ...(UNSIGNED.inputs[0] as TxInput), ...filled }] });
  };

  for (const kind of kinds) {
    test(`${kind.name}: valid as signed, not when the transaction changes`, () => {
      const tx = signed(kind);
      const output = { value: AMOUNT, scriptPubKey: kind.scriptPubKey };
      check(tx, output, STANDARD_SCRIPT_FLAGS);
      const changed = new Transaction({
        ...UNSIGNED,
        inputs: tx.inputs,
        outputs: [{ ...(tx.outputs[0] as TxOutput), value: AMOUNT }],
      });
      assert.throws(() => check(changed, output, MANDATORY_SCRIPT_FLAGS), failsWith("EVAL_FALSE"));
      assert.throws(() => check(changed, output, STANDARD_SCRIPT_FLAGS), failsWith("NULLFAIL"));
    });

    test(`${kind.name}: the amount spent ${kind.segwit ? "is" : "is not"} signed`, () => {
      const output = { value: AMOUNT + 1n, scriptPubKey: kind.scriptPubKey };
      const verify = (): void => check(signed(kind), output, MANDATORY_SCRIPT_FLAGS);
      if (kind.segwit) assert.throws(verify, failsWith("EVAL_FALSE"));
      else verify();
    });
  }

  test("a refusal names the input and the transaction", () => {
    const output = { value: AMOUNT, scriptPubKey: payToPublicKey(other.publicKey) };
    const tx = signed(kinds[0] as Kind);
    assert.throws(
      () => check(tx, output, MANDATORY_SCRIPT_FLAGS),
      (error) => error instanceof RuleError && error.data["input"] === 0 && error.data["txid"] === tx.txid,
    );
  });

  test("an input without what it spends is our own mistake", () => {
    const tx = signed(kinds[0] as Kind);
    assert.throws(() => verifyInput({ tx, inputIndex: 0, spent: [], flags: 0 }, curve), AssertionFault);
    assert.throws(() => verifyInput({ tx, inputIndex: 1, spent: [], flags: 0 }, curve), AssertionFault);
  });
});
