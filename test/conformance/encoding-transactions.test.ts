import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { DecodeError } from "@forkyard/core/errors";
import { describeVectors } from "@forkyard/core/testing/vectors";
import { Transaction } from "@forkyard/core/tx";

interface RealTransaction {
  readonly name: string;
  readonly txid: string;
  readonly wtxid: string;
  readonly size: number;
  readonly weight: number;
  readonly raw: string;
}

describeVectors("encoding: transactions", (vectors) => {
  for (const { name, txid, wtxid, size, weight, raw } of vectors.json<RealTransaction[]>(
    "script/real-transactions.json",
  )) {
    test(`${name} parses, hashes, and serializes to the same bytes`, () => {
      const tx = Transaction.fromBytes(fromHex(raw));
      assert.equal(toHex(new Transaction(tx).encode()), raw);
      assert.deepEqual([tx.txid, tx.wtxid, tx.totalSize, tx.weight], [txid, wtxid, size, weight]);
    });
  }

  for (const [file, txid, inputs, items] of [
    [
      "large-tx-bb41a757-5569-inputs.raw.gz",
      "bb41a757f405890fb0f5856228e23b715702d714d59bf2b1feb70d8b2b4e3e08",
      5_569,
      0,
    ],
    [
      "large-tx-73be398c-huge-witness.raw.gz",
      "73be398c4bdc43709db7398106609eea2a7841aaf3a4fa2000dc18184faa2a7e",
      1,
      500_003,
    ],
  ] as const) {
    test(`${file} byte for byte`, () => {
      const bytes = vectors.bytes(`script/${file}`);
      const tx = Transaction.fromBytes(bytes);
      assert.equal(Buffer.compare(new Transaction(tx).encode(), bytes), 0);
      assert.deepEqual([tx.txid, tx.inputs.length, tx.inputs[0]?.witness.length], [txid, inputs, items]);
      assert.equal(tx.totalSize, bytes.length);
      assert.equal(tx.encode({ witness: false }).length, tx.strippedSize);
    });
  }

  test("every transaction of Bitcoin Core's valid list serializes to the same bytes", () => {
    const rows = vectors
      .json<readonly (readonly unknown[])[]>("script/tx_valid.json")
      .filter((row) => row.length === 3);
    assert.ok(rows.length > 80);
    for (const [, raw] of rows)
      assert.equal(toHex(new Transaction(Transaction.fromBytes(fromHex(raw as string))).encode()), raw);
  });

  test("those of the invalid list do too, or do not parse", () => {
    const rows = vectors
      .json<readonly (readonly unknown[])[]>("script/tx_invalid.json")
      .filter((row) => row.length === 3);
    let parsed = 0;
    for (const [, raw] of rows) {
      try {
        assert.equal(toHex(new Transaction(Transaction.fromBytes(fromHex(raw as string))).encode()), raw);
        parsed += 1;
      } catch (error) {
        assert.ok(error instanceof DecodeError, String(error));
      }
    }
    assert.ok(parsed > 60, `${parsed} of ${rows.length}`);
  });
});
