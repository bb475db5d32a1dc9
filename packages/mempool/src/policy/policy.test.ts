import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex } from "@forkyard/core/bytes/bytes";
import type { Txid } from "@forkyard/core/hash";
import { buildScript } from "@forkyard/core/script/codec";
import {
  OP_1,
  OP_2,
  OP_3,
  OP_4,
  OP_CHECKMULTISIG,
  OP_CHECKSIG,
  OP_DUP,
  OP_RETURN,
} from "@forkyard/core/script/opcodes";
import { payToPublicKey, payToPublicKeyHash, payToScriptHash, payToWitness } from "@forkyard/core/script/templates";
import { SEQUENCE_FINAL, Transaction, type TransactionFields, type TxInput } from "@forkyard/core/tx";
import { DEFAULT_LIMITS } from "../limits.ts";
import { refused } from "../testing/refused.ts";
import { checkDustIsFree, dustThreshold } from "./dust.ts";
import { checkMinimumFee } from "./minimum-fee.ts";
import { standardOutputType } from "./output-type.ts";
import { adjustedVirtualBytes, checkSigops } from "./sigops.ts";
import { checkStandardInputs } from "./standard-inputs.ts";
import { checkNotTooSmall, checkStandardTx } from "./standard-tx.ts";
import { checkStandardWitness } from "./standard-witness.ts";

const KEY = fromHex(`02${"11".repeat(32)}`);
const P2WPKH = payToWitness(0, new Uint8Array(20));
const P2WSH = payToWitness(0, new Uint8Array(32));
const P2TR = payToWitness(1, new Uint8Array(32));
const ANCHOR = payToWitness(1, fromHex("4e73"));

function input(change: Partial<TxInput> = {}): TxInput {
  const prevout = { txid: "11".repeat(32) as Txid, vout: 0 };
  return { prevout, scriptSig: new Uint8Array(0), sequence: SEQUENCE_FINAL, witness: [], ...change };
}

function tx(change: Partial<TransactionFields> = {}): Transaction {
  return new Transaction({
    version: 2,
    inputs: [input()],
    outputs: [{ value: 10_000n, scriptPubKey: P2WPKH }],
    lockTime: 0,
    ...change,
  });
}

function paysTo(...scripts: readonly Uint8Array[]): Transaction {
  return tx({ outputs: scripts.map((scriptPubKey) => ({ value: 10_000n, scriptPubKey })) });
}

/** A transaction with a witness of this many bytes. */
function heavy(witnessBytes: number): Transaction {
  return tx({ inputs: [input({ witness: [bytes(witnessBytes)] })] });
}

function withScript(scriptSig: Uint8Array): Transaction {
  return tx({ inputs: [input({ scriptSig })] });
}

/** A transaction that only carries this many bytes. */
function small(dataBytes: number): Transaction {
  return paysTo(buildScript([OP_RETURN, bytes(dataBytes)]));
}

function pushes(length: number): Uint8Array {
  return buildScript([bytes(length)]);
}

function bytes(length: number): Uint8Array {
  return new Uint8Array(length);
}

/** scriptSig that pushes a redeem script with this many sigops. */
function redeem(sigops: number): Uint8Array {
  return buildScript([bytes(sigops).fill(OP_CHECKSIG)]);
}

/** Control block of a taproot script spend. */
function control(leaf: number): Uint8Array {
  return bytes(33).fill(leaf, 0, 1);
}

function spendsTemplate(scriptPubKey: Uint8Array, scriptSig: Uint8Array = bytes(0)): void {
  checkStandardInputs(withScript(scriptSig), [{ value: 1n, scriptPubKey }]);
}

function carries(scriptPubKey: Uint8Array, witness: readonly Uint8Array[], scriptSig: Uint8Array = bytes(0)): void {
  checkStandardWitness(tx({ inputs: [input({ witness, scriptSig })] }), [{ value: 1n, scriptPubKey }]);
}

function padded(scriptPubKey: Uint8Array, witness: readonly Uint8Array[], scriptSig: Uint8Array = bytes(0)): void {
  refused("bad-witness-nonstandard", () => carries(scriptPubKey, witness, scriptSig));
}

function checkStandard(candidate: Transaction): void {
  checkStandardTx(candidate, DEFAULT_LIMITS.dustFeeRate);
}

/** One of these keys must sign. @param promised what stands for their number */
function multisigOf(count: number, promised: number | Uint8Array): Uint8Array {
  return buildScript([OP_1, ...Array.from({ length: count }, () => KEY), promised, OP_CHECKMULTISIG]);
}

/** So many inputs with twenty sigops each. */
function spendsMultisigs(count: number): void {
  const scriptPubKey = multisigOf(20, Uint8Array.of(20));
  const spent = Array.from({ length: count }, () => ({ value: 1n, scriptPubKey }));
  checkStandardInputs(tx({ inputs: spent.map(() => input()) }), spent);
}

describe("standard transactions", () => {
  test("have version 1 to 3", () => {
    for (const version of [1, 2, 3]) checkStandard(tx({ version }));
    for (const version of [-1, 0, 4]) refused("version", () => checkStandard(tx({ version })));
  });

  test("weigh at most 400,000", () => {
    const room = 400_000 - heavy(70_000).weight + 70_000;
    checkStandard(heavy(room));
    refused("tx-size", () => checkStandard(heavy(room + 1)));
  });

  test("only push in scriptSig, and not much", () => {
    checkStandard(withScript(pushes(1_647)));
    refused("scriptsig-size", () => checkStandard(withScript(pushes(1_648))));
    refused("scriptsig-not-pushonly", () => checkStandard(withScript(Uint8Array.of(OP_DUP))));
  });

  test("have no dust, to the satoshi", () => {
    const thresholds: readonly [Uint8Array, bigint][] = [
      [payToPublicKeyHash(new Uint8Array(20)), 546n],
      [payToScriptHash(new Uint8Array(20)), 540n],
      [P2WPKH, 294n],
      [P2WSH, 330n],
      [P2TR, 330n],
      [buildScript([OP_RETURN, new Uint8Array(10)]), 0n],
    ];
    for (const [scriptPubKey, least] of thresholds) {
      assert.equal(dustThreshold({ value: 0n, scriptPubKey }, DEFAULT_LIMITS.dustFeeRate), least);
      checkStandard(tx({ outputs: [{ value: least, scriptPubKey }] }));
      if (least === 0n) continue;
      const dust = { value: least - 1n, scriptPubKey };
      refused("dust", () => checkStandard(tx({ outputs: [dust, dust] })));
      checkStandard(tx({ outputs: [dust] }));
      const rate = DEFAULT_LIMITS.dustFeeRate;
      refused("dust", () => checkDustIsFree(tx({ outputs: [dust] }), 1n, rate));
      checkDustIsFree(tx({ outputs: [dust] }), 0n, rate);
      checkDustIsFree(tx({ outputs: [{ value: least, scriptPubKey }] }), 1n, rate);
    }
  });

  test("are not so small that they could be a merkle node", () => {
    assert.equal(small(3).strippedSize, 65);
    checkNotTooSmall(small(3));
    refused("tx-size-small", () => checkNotTooSmall(small(2)));
  });
});

describe("output templates", () => {
  test("are named as bitcoind names them", () => {
    const multisig = (keys: number, required: number, promised: number) =>
      buildScript([required, ...Array.from({ length: keys }, () => KEY), promised, OP_CHECKMULTISIG]);
    const scripts: readonly [Uint8Array, string | undefined][] = [
      [payToPublicKey(KEY), "pubkey"],
      [payToPublicKey(new Uint8Array(33).fill(5)), undefined],
      [payToPublicKeyHash(new Uint8Array(20)), "pubkeyhash"],
      [payToScriptHash(new Uint8Array(20)), "scripthash"],
      [P2WPKH, "witness_v0_keyhash"],
      [P2WSH, "witness_v0_scripthash"],
      [payToWitness(0, new Uint8Array(31)), undefined],
      [P2TR, "witness_v1_taproot"],
      [ANCHOR, "anchor"],
      [payToWitness(2, new Uint8Array(32)), "witness_unknown"],
      [multisig(3, OP_2, OP_3), "multisig"],
      [multisig(1, OP_1, OP_1), "multisig"],
      [multisig(4, OP_1, OP_4), undefined],
      [multisig(2, OP_3, OP_2), undefined],
      [multisig(2, OP_1, OP_3), undefined],
      [buildScript([OP_RETURN, new Uint8Array(80)]), "nulldata"],
      [buildScript([OP_RETURN, new Uint8Array(81)]), "nulldata"],
      [buildScript([OP_RETURN, OP_DUP]), undefined],
      [Uint8Array.of(OP_1), undefined],
      [new Uint8Array(0), undefined],
    ];
    for (const [script, type] of scripts) assert.equal(standardOutputType(script), type);
  });

  test("others are not relayed, and OP_RETURN as often and as long as the weight allows", () => {
    const data = buildScript([OP_RETURN, new Uint8Array(10)]);
    refused("scriptpubkey", () => checkStandard(paysTo(Uint8Array.of(OP_1))));
    checkStandard(paysTo(data, P2WPKH, data));
    const long = buildScript([OP_RETURN, bytes(49_000)]);
    checkStandard(paysTo(long, long));
  });
});

describe("standard inputs", () => {
  test("spend known templates only", () => {
    spendsTemplate(P2WPKH);
    refused("bad-txns-nonstandard-inputs", () => spendsTemplate(Uint8Array.of(OP_1)));
    refused("bad-txns-nonstandard-inputs", () => spendsTemplate(payToWitness(2, new Uint8Array(32))));
  });

  test("may be bare multisigs that could not be paid to any more", () => {
    spendsTemplate(multisigOf(4, OP_4));
    spendsTemplate(multisigOf(20, Uint8Array.of(20)));
    for (const script of [
      multisigOf(21, Uint8Array.of(21)),
      multisigOf(4, Uint8Array.of(4)),
      multisigOf(17, Uint8Array.of(17, 0)),
    ]) {
      refused("bad-txns-nonstandard-inputs", () => spendsTemplate(script));
    }
  });

  test("run at most 2,500 sigops outside witnesses (BIP54)", () => {
    spendsMultisigs(125);
    refused("bad-txns-nonstandard-inputs", () => spendsMultisigs(126));
  });

  test("have a scriptSig that does not fail by itself", () => {
    const scriptHash = payToScriptHash(bytes(20));
    spendsTemplate(scriptHash, buildScript([bytes(520)]));
    for (const failing of [buildScript([bytes(521)]), Uint8Array.of(0x50, 0), bytes(1_001)]) {
      refused("bad-txns-nonstandard-inputs", () => spendsTemplate(scriptHash, failing));
    }
  });

  test("have at most fifteen sigops in a redeem script", () => {
    const scriptHash = payToScriptHash(new Uint8Array(20));
    spendsTemplate(scriptHash, redeem(15));
    refused("bad-txns-nonstandard-inputs", () => spendsTemplate(scriptHash, redeem(16)));
    refused("bad-txns-nonstandard-inputs", () => spendsTemplate(scriptHash));
  });
});

describe("standard witnesses", () => {
  test("of scripts: at most 100 items of 80 bytes and 3,600 bytes of script", () => {
    const items = (count: number, size: number) => Array.from({ length: count }, () => bytes(size));
    carries(P2WSH, [...items(100, 80), bytes(3_600)]);
    padded(P2WSH, [...items(101, 1), bytes(1)]);
    padded(P2WSH, [bytes(81), bytes(1)]);
    padded(P2WSH, [bytes(3_601)]);
    const nested = payToScriptHash(bytes(20));
    carries(nested, [bytes(80), bytes(1)], buildScript([P2WSH]));
    padded(nested, [bytes(81), bytes(1)], buildScript([P2WSH]));
  });

  test("of taproot: no annex, small items for tapscript", () => {
    const annex = Uint8Array.of(0x50);
    carries(P2TR, [bytes(64)]);
    carries(P2TR, [bytes(80), bytes(1_000), control(0xc0)]);
    padded(P2TR, [bytes(81), bytes(1_000), control(0xc1)]);
    carries(P2TR, [bytes(81), bytes(1_000), control(0xd0)]);
    padded(P2TR, [bytes(64), annex]);
    padded(P2TR, [bytes(1), bytes(0)]);
  });

  test("belong to witness programs, and not to anchors", () => {
    carries(P2WPKH, [bytes(72), bytes(33)]);
    padded(payToPublicKeyHash(bytes(20)), [bytes(1)]);
    padded(ANCHOR, [bytes(1)]);
    carries(payToScriptHash(bytes(20)), [bytes(1)], buildScript([ANCHOR]));
    carries(ANCHOR, []);
  });
});

describe("sigops and fees", () => {
  test("sigops are bounded, and many count as size", () => {
    checkSigops(16_000);
    refused("bad-txns-too-many-sigops", () => checkSigops(16_001));
    const plain = tx();
    assert.equal(adjustedVirtualBytes(plain, 4), plain.virtualSize);
    assert.equal(adjustedVirtualBytes(plain, 1_000), 5_000);
  });

  test("the rolling minimum is asked for before that of relay", () => {
    checkMinimumFee(200n, 100, 2_000n, 1_000n);
    refused("mempool min fee not met", () => checkMinimumFee(99n, 100, 2_000n, 1_000n));
    refused("min relay fee not met", () => checkMinimumFee(99n, 100, 0n, 1_000n));
  });
});
