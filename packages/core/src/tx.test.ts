import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { concatBytes, fromHex, toHex, toReversedHex } from "./bytes/bytes.ts";
import { ByteReader } from "./bytes/reader.ts";
import { ByteWriter } from "./bytes/writer.ts";
import { DecodeError } from "./errors.ts";
import { hash256, hashToString, type Txid, ZERO_HASH } from "./hash.ts";
import { transactions } from "./testing/arbitraries.ts";
import {
  decodeOutPoint,
  decodeOutput,
  encodeOutPoint,
  encodeOutput,
  isNullOutPoint,
  NULL_VOUT,
  outPointKey,
  SEQUENCE_FINAL,
  Transaction,
  type TransactionFields,
  type TxInput,
} from "./tx.ts";

const TXID = "01".repeat(32);
const INPUT = `${TXID}020000000151fdffffff`;
const OUTPUT = "01000000000000000152";
const LOCK_TIME = "04030201";
/** One input, one output, no witness. */
const PLAIN = `0200000001${INPUT}01${OUTPUT}${LOCK_TIME}`;
/** The same with a witness of one element. */
const SEGWIT = `02000000000101${INPUT}01${OUTPUT}0101aa${LOCK_TIME}`;

const decode = (hex: string): Transaction => Transaction.fromBytes(fromHex(hex));
const input = (change: Partial<TxInput> = {}): TxInput => ({
  prevout: { txid: TXID as Txid, vout: 2 },
  scriptSig: Uint8Array.of(0x51),
  sequence: 0xfffffffd,
  witness: [],
  ...change,
});
const transaction = (change: Partial<TransactionFields> = {}): Transaction =>
  new Transaction({
    version: 2,
    inputs: [input()],
    outputs: [{ value: 1n, scriptPubKey: Uint8Array.of(0x52) }],
    lockTime: 0x01020304,
    ...change,
  });
/** The fields alone, for comparison. */
const fieldsOf = ({ version, inputs, outputs, lockTime }: Transaction): TransactionFields => ({
  version,
  inputs,
  outputs,
  lockTime,
});
const refused = (hex: string, message?: RegExp): void =>
  assert.throws(
    () => decode(hex),
    (error) => error instanceof DecodeError && (message === undefined || message.test(error.message)),
  );

describe("transaction bytes", () => {
  test("without witness: version, inputs, outputs, lock time", () => {
    const { version, inputs, outputs, lockTime } = transaction();
    assert.equal(toHex(transaction().encode()), PLAIN);
    const decoded = decode(PLAIN);
    assert.deepEqual(
      [decoded.version, decoded.inputs, decoded.outputs, decoded.lockTime],
      [version, inputs, outputs, lockTime],
    );
    assert.equal(decoded.hasWitness, false);
  });

  test("with witness: marker, flag, and the stacks before the lock time (BIP144)", () => {
    const tx = transaction({ inputs: [input({ witness: [Uint8Array.of(0xaa)] })] });
    assert.equal(toHex(tx.encode()), SEGWIT);
    assert.equal(toHex(tx.encode({ witness: false })), PLAIN);
    assert.deepEqual(decode(SEGWIT).inputs[0]?.witness, [Uint8Array.of(0xaa)]);
    assert.equal(decode(SEGWIT).hasWitness, true);
  });

  test("any transaction reads back, field by field and byte by byte, alone and among others", () => {
    fc.assert(
      fc.property(transactions, transactions, (tx, next) => {
        const bytes = tx.encode();
        const decoded = Transaction.fromBytes(bytes);
        assert.deepEqual(fieldsOf(decoded), fieldsOf(tx));
        assert.deepEqual(new Transaction(decoded).encode(), bytes);
        const writer = new ByteWriter();
        tx.encodeTo(writer);
        next.encodeTo(writer);
        const reader = new ByteReader(writer.finish());
        assert.deepEqual(new Transaction(Transaction.decode(reader)).encode(), bytes);
        assert.deepEqual(fieldsOf(Transaction.decode(reader)), fieldsOf(next));
        reader.end();
      }),
    );
  });

  test("cut anywhere, or with a byte too many, it is refused", () => {
    for (const whole of [PLAIN, SEGWIT]) {
      for (let length = 0; length < whole.length; length += 2) refused(whole.slice(0, length));
      refused(`${whole}00`, /too many/);
    }
  });

  test("any flag but 1 after the marker is nothing Bitcoin knows", () => {
    for (const flag of ["02", "03", "80", "ff"])
      refused(SEGWIT.replace("0001", `00${flag}`), /unknown transaction optional data/);
  });

  test("a witness part without a single element is superfluous", () => {
    refused(SEGWIT.replace("0101aa", "00"), /superfluous witness record/);
    const twoInputs = `02000000000102${INPUT}${INPUT}01${OUTPUT}`;
    refused(`${twoInputs}0000${LOCK_TIME}`, /superfluous/);
    const second = decode(`${twoInputs}000100${LOCK_TIME}`);
    assert.deepEqual(
      second.inputs.map(({ witness }) => witness.length),
      [0, 1],
      "one empty element is a witness",
    );
  });

  test("no inputs: only together with no outputs, as more would be the segwit marker", () => {
    const empty = decode(`01000000000000000000`);
    assert.deepEqual([empty.inputs.length, empty.outputs.length], [0, 0]);
    refused(`010000000001${OUTPUT}00000000`);
    refused(`010000000001000000000000`, /superfluous/);
  });

  test("counts that promise more than the bytes can hold are refused before anything is made", () => {
    refused(`01000000feffffff01${INPUT}`, /count 33554431/);
    refused(`0100000001${INPUT}feffffff01${OUTPUT}`, /count 33554431/);
    refused(`02000000000101${INPUT}01${OUTPUT}feffffff01${LOCK_TIME}`, /count 33554431/);
  });

  test("the smallest inputs and outputs there can be fit, however many", () => {
    const inputs = Array.from({ length: 200 }, () => input({ scriptSig: new Uint8Array(0) }));
    const outputs = Array.from({ length: 200 }, () => ({ value: 0n, scriptPubKey: new Uint8Array(0) }));
    for (const tx of [transaction({ inputs, outputs: [] }), transaction({ inputs, outputs })]) {
      assert.deepEqual(fieldsOf(Transaction.fromBytes(tx.encode())), fieldsOf(tx));
    }
    assert.equal(transaction({ inputs, outputs }).totalSize, 10 + 200 * (41 + 9));
  });

  test("numbers keep sign and width", () => {
    const tx = transaction({
      version: -1,
      inputs: [input({ sequence: SEQUENCE_FINAL, prevout: { txid: TXID as Txid, vout: NULL_VOUT } })],
      outputs: [{ value: -1n, scriptPubKey: new Uint8Array(0) }],
      lockTime: 0xffffffff,
    });
    assert.deepEqual(fieldsOf(Transaction.fromBytes(tx.encode())), fieldsOf(tx));
  });
});

describe("transaction ids and sizes", () => {
  test("are the same whether the bytes that it was decoded from are used or it is encoded", () => {
    fc.assert(
      fc.property(transactions, transactions, (before, tx) => {
        const reader = new ByteReader(concatBytes(before.encode(), tx.encode()));
        Transaction.decode(reader);
        const decoded = Transaction.decode(reader);
        const built = new Transaction(fieldsOf(tx));
        for (const witness of [true, false]) assert.deepEqual(decoded.encode({ witness }), built.encode({ witness }));
        assert.deepEqual(idsAndSizes(decoded), idsAndSizes(built));
      }),
    );
  });

  test("of a decoded transaction do not share memory with what encode gives out", () => {
    const decoded = Transaction.fromBytes(transaction().encode());
    decoded.encode().fill(0);
    assert.equal(decoded.txid, transaction().txid);
  });

  test("the txid leaves witnesses out, the wtxid does not; without witnesses they are the same", () => {
    fc.assert(
      fc.property(transactions, (tx) => {
        assert.equal(tx.txid, hashToString(hash256(tx.encode({ witness: false }))));
        assert.equal(tx.wtxid, hashToString(hash256(tx.encode())));
        assert.equal(String(tx.wtxid) === tx.txid, !tx.hasWitness);
        const stripped = new Transaction({
          ...fieldsOf(tx),
          inputs: tx.inputs.map((each) => ({ ...each, witness: [] })),
        });
        assert.equal(stripped.wtxid, tx.txid);
      }),
    );
  });

  test("sizes are those of the bytes, weight and virtual size those of BIP141", () => {
    fc.assert(
      fc.property(transactions, (tx) => {
        const [stripped, total] = [tx.encode({ witness: false }).length, tx.encode().length];
        assert.deepEqual([tx.strippedSize, tx.totalSize], [stripped, total]);
        assert.equal(tx.weight, 3 * stripped + total);
        assert.equal(tx.virtualSize, Math.ceil((3 * stripped + total) / 4));
      }),
    );
  });

  test("ids are worked out when asked for, and once", () => {
    let reads = 0;
    const script = Uint8Array.of(0x51);
    const watched: TxInput = {
      ...input(),
      get scriptSig() {
        reads += 1;
        return script;
      },
    };
    const tx = transaction({ inputs: [watched] });
    assert.equal(reads, 0, "nothing is hashed or measured on construction");
    assert.equal(tx.txid, tx.txid);
    const once = reads;
    assert.equal(tx.wtxid, tx.txid);
    assert.equal(tx.weight, 4 * tx.strippedSize);
    assert.equal(reads, once);
  });
});

describe("coinbase and outpoints", () => {
  test("a coinbase has one input, with the null outpoint", () => {
    const nowhere = { txid: ZERO_HASH as Txid, vout: NULL_VOUT };
    assert.equal(transaction({ inputs: [input({ prevout: nowhere })] }).isCoinbase, true);
    for (const inputs of [
      [],
      [input()],
      [input({ prevout: nowhere }), input()],
      [input({ prevout: { ...nowhere, vout: 0 } })],
      [input({ prevout: { ...nowhere, txid: TXID as Txid } })],
    ]) {
      assert.equal(transaction({ inputs }).isCoinbase, false);
    }
    assert.ok(isNullOutPoint(nowhere));
  });

  test("outpoints and outputs have their own codecs, as signature hashes need them", () => {
    const writer = new ByteWriter();
    const outPoint = { txid: `${"ab".repeat(31)}01` as Txid, vout: 7 };
    const output = { value: -5n, scriptPubKey: Uint8Array.of(1, 2) };
    encodeOutPoint(writer, outPoint);
    encodeOutput(writer, output);
    const bytes = writer.finish();
    assert.equal(toHex(bytes), `01${"ab".repeat(31)}07000000fbffffffffffffff020102`);
    const reader = new ByteReader(bytes);
    assert.deepEqual([decodeOutPoint(reader), decodeOutput(reader)], [outPoint, output]);
  });

  test("keys of outpoints are distinct", () => {
    assert.equal(outPointKey({ txid: TXID as Txid, vout: 1 }), `${TXID}:1`);
    assert.notEqual(outPointKey({ txid: TXID as Txid, vout: 1 }), outPointKey({ txid: TXID as Txid, vout: 11 }));
  });
});

function idsAndSizes(tx: Transaction): readonly unknown[] {
  const bytes = [toReversedHex(tx.txidBytes), toReversedHex(tx.wtxidBytes)];
  return [tx.txid, tx.wtxid, ...bytes, tx.strippedSize, tx.totalSize, tx.weight, tx.hasWitness];
}
