import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hash160, sha256, type Txid } from "@forkyard/core/hash";
import { buildScript, readOps } from "@forkyard/core/script/codec";
import {
  OP_0,
  OP_1,
  OP_2,
  OP_3,
  OP_16,
  OP_CHECKMULTISIG,
  OP_CHECKMULTISIGVERIFY,
  OP_CHECKSIG,
  OP_CHECKSIGVERIFY,
  OP_NOP,
} from "@forkyard/core/script/opcodes";
import { payToPublicKeyHash, payToScriptHash, payToWitness } from "@forkyard/core/script/templates";
import type { TxInput } from "@forkyard/core/tx";
import * as fc from "fast-check";
import { coinbaseFor, inputOf, payment } from "../testing/build-block.ts";
import { SCRIPT_FLAGS } from "./script/flags.ts";
import { countSigops, legacySigops, sigopCost } from "./sigops.ts";

const KEY = new Uint8Array(33).fill(2);
const MULTISIG = buildScript([OP_2, KEY, KEY, KEY, OP_3, OP_CHECKMULTISIG]);
const SEGWIT = SCRIPT_FLAGS.P2SH | SCRIPT_FLAGS.WITNESS;

/** Cost of a transaction with one input that spends `scriptPubKey`, whose output has no sigops. */
function costOf(scriptPubKey: Uint8Array, input: Partial<TxInput>, flags = SEGWIT): number {
  const tx = payment([inputOf("11".repeat(32) as Txid, 0, input)], [1n]);
  return sigopCost(tx, [{ value: 1n, scriptPubKey }], flags);
}

/** Sigops by the slow way, through decoded operations. */
function slowCount(script: Uint8Array): number {
  return readOps(script).ops.reduce((count, { opcode }) => {
    if (opcode === OP_CHECKSIG || opcode === OP_CHECKSIGVERIFY) return count + 1;
    return opcode === OP_CHECKMULTISIG || opcode === OP_CHECKMULTISIGVERIFY ? count + 20 : count;
  }, 0);
}

describe("sigops in a script", () => {
  test("a check counts one, a multisig twenty or what is written before it", () => {
    assert.equal(countSigops(buildScript([OP_CHECKSIG, OP_CHECKSIGVERIFY]), false), 2);
    assert.equal(countSigops(MULTISIG, false), 20);
    assert.equal(countSigops(MULTISIG, true), 3);
    assert.equal(countSigops(buildScript([OP_16, OP_CHECKMULTISIGVERIFY]), true), 16);
    assert.equal(countSigops(buildScript([OP_0, OP_CHECKMULTISIG]), true), 20);
    assert.equal(countSigops(buildScript([OP_3, OP_NOP, OP_CHECKMULTISIG]), true), 20, "not right before it");
  });

  test("pushed bytes are no operations, and a bad push ends the count", () => {
    assert.equal(countSigops(buildScript([Uint8Array.of(OP_CHECKSIG, OP_CHECKSIG)]), false), 0);
    assert.equal(countSigops(Uint8Array.of(OP_CHECKSIG, 5, OP_CHECKSIG), false), 1);
    assert.equal(countSigops(Uint8Array.of(0x4d, 1, 0, OP_NOP, OP_CHECKSIG), false), 1);
    assert.equal(countSigops(Uint8Array.of(0x4e, 1, 0), false), 0);
  });

  test("agrees with the decoder on any bytes", () => {
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(OP_CHECKSIG, OP_CHECKMULTISIG, 0x4c, 0x4d, 0x4e, 1, 2));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), (bytes) => {
        const script = Uint8Array.from(bytes);
        assert.equal(countSigops(script, false), slowCount(script));
      }),
    );
  });
});

describe("sigop cost of a transaction", () => {
  test("legacy sigops of its own scripts count four times, also in a coinbase", () => {
    const tx = coinbaseFor(1, 1n, 0, {
      outputs: [{ value: 1n, scriptPubKey: payToPublicKeyHash(new Uint8Array(20)) }],
    });
    assert.equal(legacySigops(tx), 1);
    assert.equal(sigopCost(tx, [], SEGWIT), 4);
    assert.equal(costOf(payToPublicKeyHash(new Uint8Array(20)), {}), 0, "what it spends is not its own");
    assert.equal(costOf(Uint8Array.of(OP_1), { scriptSig: buildScript([OP_CHECKSIG]) }), 4);
  });

  test("P2SH: the redeem script counts accurately, four times, when the flag is on", () => {
    const script = payToScriptHash(hash160(MULTISIG));
    const scriptSig = buildScript([OP_0, MULTISIG]);
    assert.equal(costOf(script, { scriptSig }), 12);
    assert.equal(costOf(script, { scriptSig }, 0), 0);
    assert.equal(costOf(script, { scriptSig: buildScript([MULTISIG, OP_NOP]) }), 0, "not only pushes");
    assert.equal(costOf(script, { scriptSig: buildScript([MULTISIG, OP_1]) }), 0, "the last push is no script");
    assert.equal(costOf(script, { scriptSig: new Uint8Array(0) }), 0);
  });

  test("witness: one for a key hash, the witness script's for a script hash, each once", () => {
    assert.equal(costOf(payToWitness(0, new Uint8Array(20)), {}), 1);
    assert.equal(costOf(payToWitness(0, sha256(MULTISIG)), { witness: [MULTISIG] }), 3);
    assert.equal(costOf(payToWitness(0, sha256(MULTISIG)), {}), 0);
    assert.equal(costOf(payToWitness(1, new Uint8Array(32)), { witness: [MULTISIG] }), 0, "taproot counts otherwise");
    assert.equal(costOf(payToWitness(0, new Uint8Array(20)), {}, SCRIPT_FLAGS.P2SH), 0);
  });

  test("witness nested in P2SH", () => {
    const program = payToWitness(0, sha256(MULTISIG));
    const nested = { scriptSig: buildScript([program]), witness: [MULTISIG] };
    assert.equal(costOf(payToScriptHash(hash160(program)), nested), 3);
  });
});
