import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "@forkyard/core/bytes/bytes";
import { AssertionFault } from "@forkyard/core/errors";
import { hash256, type Txid } from "@forkyard/core/hash";
import { OP_1, OP_CODESEPARATOR } from "@forkyard/core/script/opcodes";
import { Transaction, type TransactionFields } from "@forkyard/core/tx";
import fc from "fast-check";
import { bip143Sighash } from "./bip143.ts";
import { SIGHASH_ALL, SIGHASH_ANYONECANPAY, SIGHASH_NONE, SIGHASH_SINGLE } from "./hash-type.ts";
import { legacySighash } from "./legacy.ts";
import { partsOf } from "./tx-parts.ts";

const SCRIPT = Uint8Array.of(OP_1);
const AMOUNT = 1000n;
const BLANK_OUTPUT = { value: -1n, scriptPubKey: new Uint8Array(0) };
/** The input whose signature is looked at. */
const SIGNED = 1;

const input = (seed: number): TransactionFields["inputs"][number] => ({
  prevout: { txid: seed.toString(16).padStart(64, "0") as Txid, vout: seed },
  scriptSig: Uint8Array.of(seed),
  sequence: seed,
  witness: [],
});
const output = (seed: number): TransactionFields["outputs"][number] => ({
  value: BigInt(seed),
  scriptPubKey: Uint8Array.of(seed),
});
const FIELDS: TransactionFields = {
  version: 2,
  inputs: [input(1), input(2), input(3)],
  outputs: [output(1), output(2), output(3)],
  lockTime: 77,
};

const replaced = <T>(list: readonly T[], index: number, change: Partial<T>): T[] =>
  list.map((one, i) => (i === index ? { ...one, ...change } : one));

/** Changes to the transaction, and which hash types must notice: by outputs covered, and whether ANYONECANPAY still does. */
const CHANGES: readonly {
  readonly name: string;
  readonly fields: Partial<TransactionFields>;
  readonly noticed: readonly number[];
  readonly noticedWithOneInput: boolean;
}[] = [
  { name: "version", fields: { version: 1 }, noticed: [1, 2, 3], noticedWithOneInput: true },
  { name: "lock time", fields: { lockTime: 78 }, noticed: [1, 2, 3], noticedWithOneInput: true },
  {
    name: "own outpoint",
    fields: { inputs: replaced(FIELDS.inputs, SIGNED, { prevout: input(9).prevout }) },
    noticed: [1, 2, 3],
    noticedWithOneInput: true,
  },
  {
    name: "own sequence",
    fields: { inputs: replaced(FIELDS.inputs, SIGNED, { sequence: 9 }) },
    noticed: [1, 2, 3],
    noticedWithOneInput: true,
  },
  {
    name: "own scriptSig",
    fields: { inputs: replaced(FIELDS.inputs, SIGNED, { scriptSig: SCRIPT }) },
    noticed: [],
    noticedWithOneInput: false,
  },
  {
    name: "another outpoint",
    fields: { inputs: replaced(FIELDS.inputs, 0, { prevout: input(9).prevout }) },
    noticed: [1, 2, 3],
    noticedWithOneInput: false,
  },
  {
    name: "another sequence",
    fields: { inputs: replaced(FIELDS.inputs, 2, { sequence: 9 }) },
    noticed: [1],
    noticedWithOneInput: false,
  },
  {
    name: "one more input",
    fields: { inputs: [...FIELDS.inputs, input(9)] },
    noticed: [1, 2, 3],
    noticedWithOneInput: false,
  },
  {
    name: "the output of the same index",
    fields: { outputs: replaced(FIELDS.outputs, SIGNED, { value: 9n }) },
    noticed: [1, 3],
    noticedWithOneInput: true,
  },
  {
    name: "another output",
    fields: { outputs: replaced(FIELDS.outputs, 0, { value: 9n }) },
    noticed: [1],
    noticedWithOneInput: true,
  },
  {
    name: "one more output",
    fields: { outputs: [...FIELDS.outputs, output(9)] },
    noticed: [1],
    noticedWithOneInput: true,
  },
];

type Sighash = (tx: Transaction, hashType: number) => string;

const ALGORITHMS: readonly (readonly [name: string, hash: Sighash])[] = [
  ["legacy", (tx, hashType) => toHex(legacySighash(tx, SIGNED, SCRIPT, hashType))],
  ["BIP143", (tx, hashType) => toHex(bip143Sighash(tx, SIGNED, SCRIPT, AMOUNT, hashType))],
];

for (const [algorithm, hash] of ALGORITHMS) {
  describe(`what a ${algorithm} signature covers`, () => {
    for (const { name, fields, noticed, noticedWithOneInput } of CHANGES) {
      test(name, () => {
        for (const outputs of [SIGHASH_ALL, SIGHASH_NONE, SIGHASH_SINGLE]) {
          for (const oneInput of [0, SIGHASH_ANYONECANPAY]) {
            const before = hash(new Transaction(FIELDS), outputs | oneInput);
            const after = hash(new Transaction({ ...FIELDS, ...fields }), outputs | oneInput);
            const expected = noticed.includes(outputs) && (oneInput === 0 || noticedWithOneInput);
            assert.equal(before !== after, expected, `hash type ${outputs | oneInput}`);
          }
        }
      });
    }

    test("the hash type itself, also where it means the same", () => {
      const tx = new Transaction(FIELDS);
      assert.equal(new Set([0, 1, 4, 2, 3, 0x81, 0x82, 0x83].map((type) => hash(tx, type))).size, 8);
    });
  });
}

describe("legacy signature hash", () => {
  test("SINGLE without an output of that index signs the number 1", () => {
    const tx = new Transaction({ ...FIELDS, outputs: [output(1)] });
    const one = `01${"00".repeat(31)}`;
    assert.equal(toHex(legacySighash(tx, SIGNED, SCRIPT, SIGHASH_SINGLE)), one);
    assert.equal(toHex(legacySighash(tx, SIGNED, SCRIPT, SIGHASH_SINGLE | SIGHASH_ANYONECANPAY)), one);
    assert.notEqual(toHex(legacySighash(tx, 0, SCRIPT, SIGHASH_SINGLE)), one);
  });

  test("leaves OP_CODESEPARATOR out of the script, but not out of a push in it", () => {
    const tx = new Transaction(FIELDS);
    const separated = Uint8Array.of(OP_CODESEPARATOR, OP_1, OP_CODESEPARATOR);
    assert.deepEqual(legacySighash(tx, 0, separated, SIGHASH_ALL), legacySighash(tx, 0, SCRIPT, SIGHASH_ALL));
    const pushed = Uint8Array.of(1, OP_CODESEPARATOR, OP_1);
    assert.notDeepEqual(legacySighash(tx, 0, pushed, SIGHASH_ALL), legacySighash(tx, 0, SCRIPT, SIGHASH_ALL));
  });

  test("of ALL is the hash of the transaction with the script in place", () => {
    const inputs = FIELDS.inputs.map((one, i) => ({ ...one, scriptSig: i === SIGNED ? SCRIPT : new Uint8Array(0) }));
    const preimage = Uint8Array.of(...new Transaction({ ...FIELDS, inputs }).encode(), 1, 0, 0, 0);
    assert.deepEqual(legacySighash(new Transaction(FIELDS), SIGNED, SCRIPT, SIGHASH_ALL), hash256(preimage));
  });

  test("of an input that is not there is our own mistake", () => {
    assert.throws(() => legacySighash(new Transaction(FIELDS), 3, SCRIPT, SIGHASH_ALL), AssertionFault);
    assert.throws(() => bip143Sighash(new Transaction(FIELDS), 3, SCRIPT, AMOUNT, SIGHASH_ALL), AssertionFault);
  });
});

describe("BIP143 signature hash", () => {
  test("covers the amount, and SINGLE without an output covers none", () => {
    const tx = new Transaction({ ...FIELDS, outputs: [output(1)] });
    const hash = (amount: bigint, type: number): string => toHex(bip143Sighash(tx, SIGNED, SCRIPT, amount, type));
    assert.notEqual(hash(1n, SIGHASH_ALL), hash(2n, SIGHASH_ALL));
    assert.notEqual(hash(1n, SIGHASH_SINGLE), `01${"00".repeat(31)}`);
  });

  test("answers alike when two transactions take turns", () => {
    const first = new Transaction(FIELDS);
    const second = new Transaction({ ...FIELDS, version: 1 });
    const alone = [first, second].map((tx) => toHex(bip143Sighash(tx, 0, SCRIPT, AMOUNT, SIGHASH_ALL)));
    const inTurns = [first, second, first, second].map((tx) =>
      toHex(bip143Sighash(tx, 0, SCRIPT, AMOUNT, SIGHASH_ALL)),
    );
    assert.deepEqual(inTurns, [...alone, ...alone]);
  });
});

describe("legacy signature hash of a transaction too long to be joined", () => {
  const many: TransactionFields = {
    ...FIELDS,
    inputs: Array.from({ length: 150 }, (_, i) => input(i + 1)),
    outputs: Array.from({ length: 140 }, (_, i) => output(i % 50)),
  };
  const hashTypes = [0, 1, 2, 3, 4, 0x22, 0x43, 0x80, 0x81, 0x82, 0x83, 0xff];
  const scripts = [SCRIPT, new Uint8Array(0), new Uint8Array(300).fill(OP_1)];

  test("is that of the preimage by its definition, for any inputs, scripts and hash types in any order", () => {
    const question = fc.record({
      inputIndex: fc.nat({ max: 149 }),
      script: fc.constantFrom(...scripts),
      hashType: fc.constantFrom(...hashTypes),
    });
    fc.assert(
      fc.property(fc.array(question, { minLength: 1, maxLength: 12 }), (questions) => {
        const tx = new Transaction(many);
        for (const { inputIndex, script, hashType } of questions) {
          const expected = plainLegacySighash(tx, inputIndex, script, hashType);
          assert.deepEqual(legacySighash(tx, inputIndex, script, hashType), expected, `${inputIndex} ${hashType}`);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("of all inputs in order hashes little more than half of what they cover", () => {
    const tx = new Transaction(many);
    for (let i = 0; i < tx.inputs.length; i++) legacySighash(tx, i, SCRIPT, SIGHASH_ALL);
    const covered = tx.inputs.length * (tx.strippedSize - tx.inputs.length);
    const { hashedBytes } = partsOf(tx);
    assert.ok(hashedBytes > covered * 0.5 && hashedBytes < covered * 0.65, `${hashedBytes} of ${covered}`);
  });

  test("with another hash type that covers the same takes only that hash type", () => {
    const tx = new Transaction(many);
    legacySighash(tx, 9, SCRIPT, SIGHASH_ALL);
    const before = partsOf(tx).hashedBytes;
    legacySighash(tx, 9, SCRIPT.slice(), 0x44);
    assert.equal(partsOf(tx).hashedBytes - before, 4);
  });
});

/** The hash by its definition: a transaction is built as the hash type wants it, encoded and hashed. */
function plainLegacySighash(tx: Transaction, index: number, scriptCode: Uint8Array, hashType: number): Uint8Array {
  const covered = hashType & 0x1f;
  if (covered === SIGHASH_SINGLE && index >= tx.outputs.length) return Uint8Array.of(1, ...new Uint8Array(31));
  const some = covered === SIGHASH_NONE || covered === SIGHASH_SINGLE;
  const blank = tx.inputs.map((one, i) => {
    const own = i === index;
    return { ...one, scriptSig: own ? scriptCode : new Uint8Array(0), sequence: some && !own ? 0 : one.sequence };
  });
  const inputs = (hashType & SIGHASH_ANYONECANPAY) === 0 ? blank : blank.slice(index, index + 1);
  const single = tx.outputs.slice(0, index + 1).map((one, i) => (i === index ? one : BLANK_OUTPUT));
  const outputs = covered === SIGHASH_NONE ? [] : covered === SIGHASH_SINGLE ? single : tx.outputs;
  const type = new DataView(new ArrayBuffer(4));
  type.setInt32(0, hashType, true);
  const encoded = new Transaction({ version: tx.version, lockTime: tx.lockTime, inputs, outputs }).encode();
  return hash256(Uint8Array.of(...encoded, ...new Uint8Array(type.buffer)));
}
