import assert from "node:assert/strict";
import { test } from "node:test";
import { parseScriptFlags, SCRIPT_FLAGS, type ScriptFlags } from "@forkyard/consensus/rules/script/flags";
import { fromHex } from "@forkyard/core/bytes/bytes";
import { type Txid, ZERO_HASH } from "@forkyard/core/hash";
import { describeVectors } from "@forkyard/core/testing/vectors";
import { NULL_VOUT, SEQUENCE_FINAL, Transaction, type TxOutput } from "@forkyard/core/tx";
import { scriptFromText } from "./support/script-text.ts";
import { fillFlags, flagMixtures, spendResult, trimFlags } from "./support/spends.ts";

type Case = readonly [scriptSig: string, scriptPubKey: string, flags: string, expected: string, comment?: string];
type Entry = readonly [comment: string] | Case | readonly [witnessAndAmount: readonly (string | number)[], ...Case];

interface ScriptCase {
  readonly name: string;
  readonly tx: Transaction;
  readonly output: TxOutput;
  readonly flags: ScriptFlags;
  readonly expected: string;
}

const COIN = 1e8;

describeVectors("script_tests.json", (vectors) => {
  const entries = vectors.json<readonly Entry[]>("script/script_tests.json");
  const all = entries.flatMap((entry, index) => (entry.length === 1 ? [] : [splitEntry(entry, index)]));
  const taproot = all.filter(({ rest }) => rest[2].includes("TAPROOT"));
  const cases = all.filter((raw) => !taproot.includes(raw)).map(readCase);

  test("every case ends with the very error it names", (t) => {
    const wrong = cases.flatMap(({ name, tx, output, flags, expected }) => {
      const result = spendResult(tx, 0, output, flags);
      return result === expected ? [] : [`${name}: ${result} instead of ${expected}`];
    });
    assert.deepEqual(wrong, []);
    assert.ok(cases.length > 900, `only ${cases.length} cases`);
    t.diagnostic(`${cases.length} passed, 0 failed, ${taproot.length} need taproot`);
  });

  test("what passes still passes with fewer rules, what fails still fails with more", () => {
    const wrong = cases.flatMap(({ name, tx, output, flags, expected }, index) =>
      flagMixtures(index).flatMap((mixture) => {
        const changed = expected === "OK" ? trimFlags(flags & ~mixture) : fillFlags(flags | mixture);
        const result = spendResult(tx, 0, output, changed);
        return (result === "OK") === (expected === "OK") ? [] : [`${name} with ${changed}: ${result}`];
      }),
    );
    assert.deepEqual(wrong, []);
  });

  test("taproot spends are refused by name", () => {
    const program = new Uint8Array(32).fill(7);
    const results = taproot.map((raw) => {
      // The marks for script, control block and output are for the taproot rules; any program and witness do here.
      const output = { value: 1n, scriptPubKey: Uint8Array.of(0x51, 0x20, ...program) };
      const tx = spendOf(output, new Uint8Array(0), [program]);
      return spendResult(tx, 0, output, parseScriptFlags(raw.rest[2]));
    });
    assert.deepEqual(
      results,
      taproot.map(() => "UNSUPPORTED_TAPROOT"),
    );
  });
});

interface RawCase {
  readonly index: number;
  readonly witness: readonly string[];
  readonly amount: bigint;
  readonly rest: Case;
}

function splitEntry(entry: Exclude<Entry, readonly [string]>, index: number): RawCase {
  const [first, ...rest] = entry;
  if (typeof first === "string") return { index, witness: [], amount: 0n, rest: entry as Case };
  const witness = first.slice(0, -1) as string[];
  return { index, witness, amount: BigInt(Math.round(Number(first.at(-1)) * COIN)), rest: rest as unknown as Case };
}

function readCase({ index, witness, amount, rest }: RawCase): ScriptCase {
  const [scriptSig, scriptPubKey, flagList, expected, comment] = rest;
  const output = { value: amount, scriptPubKey: scriptFromText(scriptPubKey) };
  let flags = parseScriptFlags(flagList);
  if ((flags & SCRIPT_FLAGS.CLEANSTACK) !== 0) flags = fillFlags(flags);
  return {
    name: `#${index} ${comment ?? `${scriptSig} | ${scriptPubKey}`}`.slice(0, 120),
    tx: spendOf(output, scriptFromText(scriptSig), witness.map(fromHex)),
    output,
    flags,
    expected,
  };
}

/** The spending transaction of the frame that the data is made for. */
function spendOf(output: TxOutput, scriptSig: Uint8Array, witness: readonly Uint8Array[]): Transaction {
  const credit = new Transaction({
    version: 1,
    inputs: [
      {
        prevout: { txid: ZERO_HASH as Txid, vout: NULL_VOUT },
        scriptSig: Uint8Array.of(0, 0),
        sequence: SEQUENCE_FINAL,
        witness: [],
      },
    ],
    outputs: [output],
    lockTime: 0,
  });
  return new Transaction({
    version: 1,
    inputs: [{ prevout: { txid: credit.txid, vout: 0 }, scriptSig, sequence: SEQUENCE_FINAL, witness }],
    outputs: [{ value: output.value, scriptPubKey: new Uint8Array(0) }],
    lockTime: 0,
  });
}
