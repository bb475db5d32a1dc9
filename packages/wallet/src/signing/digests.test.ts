import assert from "node:assert/strict";
import { test } from "node:test";
import { blockFromBytes } from "@forkyard/core/block";
import { fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { readOps } from "@forkyard/core/script/codec";
import { payToPublicKey } from "@forkyard/core/script/templates";
import { describeVectors } from "@forkyard/core/testing/vectors";
import { Transaction, type TxInput } from "@forkyard/core/tx";
import { verify } from "@noble/secp256k1";
import { compactOfDer } from "../testing/der-signature.ts";
import { legacyDigest } from "./legacy-digest.ts";
import { segwitDigests } from "./segwit-digest.ts";
import { SIGHASH_ALL } from "./sighash-all.ts";

interface Bip143 {
  readonly sighash: readonly {
    readonly section: string;
    readonly unsigned_tx: string;
    readonly input_index: number;
    readonly script_code: string;
    readonly amount: number;
    readonly hash_type: number;
    readonly sighash: string;
  }[];
  readonly signed: readonly { readonly section: string; readonly signed_tx: string }[];
}

function assertSigned(digest: Uint8Array, der: Uint8Array, publicKey: Uint8Array): void {
  assert.ok(verify(compactOfDer(der), digest, publicKey, { prehash: false, lowS: false }));
}

describeVectors("signature digests", (vectors) => {
  const bip143 = vectors.json<Bip143>("script/bip143-sighash.json");

  test("BIP143 for SIGHASH_ALL", () => {
    const cases = bip143.sighash.filter((each) => each.hash_type === 1);
    assert.equal(cases.length, 4);
    for (const each of cases) {
      const tx = Transaction.fromBytes(fromHex(each.unsigned_tx));
      const digest = segwitDigests(tx)(each.input_index, fromHex(each.script_code), BigInt(each.amount));
      assert.equal(toHex(digest), each.sighash, each.section);
    }
  });

  test("legacy: the P2PK input of BIP143's first example", () => {
    const signed = bip143.signed.find((each) => each.section === "Native P2WPKH");
    const tx = Transaction.fromBytes(fromHex(signed?.signed_tx as string));
    const publicKey = fromHex("03c9f4836b9a4f77fc0d81f7bcb01b7f1b35916864b9476c241ce9fc198bd25432");
    const der = readOps((tx.inputs[0] as TxInput).scriptSig).ops[0]?.data as Uint8Array;
    assertSigned(legacyDigest(tx, 0, payToPublicKey(publicKey)), der, publicKey);
  });

  test("legacy: P2PKH inputs of a real block", () => {
    const name = "blocks/mainnet-0277647-0000000000000000054a714e580b16c583701712ab91060e92dbde6eb1e052a8";
    const spent = vectors
      .text(`${name}.spent.jsonl.gz`)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { tx: number; input: number; script: string });
    const { txs } = blockFromBytes(vectors.bytes(`${name}.raw.gz`));
    // Every 37th: inputs first and last, in small and large transactions.
    const sample = spent.filter((_, index) => index % 37 === 0);
    assert.ok(sample.length >= 19);
    for (const { tx: txIndex, input: inputIndex, script } of sample) {
      const tx = txs[txIndex] as Transaction;
      const [signature, publicKey] = readOps((tx.inputs[inputIndex] as TxInput).scriptSig).ops.map((op) => op.data);
      if (signature?.at(-1) !== SIGHASH_ALL) continue;
      assertSigned(legacyDigest(tx, inputIndex, fromHex(script)), signature, publicKey as Uint8Array);
    }
  });
});
