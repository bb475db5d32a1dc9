import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTransaction } from "@forkyard/consensus/rules/check-tx";
import {
  ALL_SCRIPT_FLAGS,
  parseScriptFlags,
  SCRIPT_FLAGS,
  type ScriptFlags,
} from "@forkyard/consensus/rules/script/flags";
import { fromHex } from "@forkyard/core/bytes/bytes";
import { RuleError } from "@forkyard/core/errors";
import { describeVectors } from "@forkyard/core/testing/vectors";
import { outPointKey, Transaction, type TxOutput } from "@forkyard/core/tx";
import { scriptFromText } from "./support/script-text.ts";
import { fillFlags, flagMixtures, spendResult, trimFlags } from "./support/spends.ts";

type Prevout = readonly [txid: string, vout: number, scriptPubKey: string, amount?: number];
type Entry = readonly [comment: string] | readonly [prevouts: readonly Prevout[], hex: string, flags: string];

interface TxCase {
  readonly name: string;
  readonly tx: Transaction;
  /** By outpoint. */
  readonly prevouts: ReadonlyMap<string, TxOutput>;
  readonly flagList: string;
}

describeVectors("tx_valid.json", (vectors) => {
  const all = readCases(vectors.json("script/tx_valid.json"));
  const needsTaproot = all.filter((one) => txResult(one, trimFlags(withoutNamed(one))) === "UNSUPPORTED_TAPROOT");
  const cases = all.filter((one) => !needsTaproot.includes(one));

  test("every transaction is valid with all rules but the named ones", (t) => {
    const wrong = cases.flatMap((one) => report(one, txResult(one, trimFlags(withoutNamed(one))), "OK"));
    assert.deepEqual(wrong, []);
    assert.ok(cases.length > 80, `only ${cases.length} cases`);
    t.diagnostic(`${cases.length} passed, 0 failed, ${needsTaproot.length} need taproot`);
  });

  test("and stays valid with fewer rules", () => {
    const wrong = cases.flatMap((one, index) =>
      flagMixtures(index).flatMap((dropped) =>
        report(one, txResult(one, trimFlags(withoutNamed(one) & ~dropped)), "OK"),
      ),
    );
    assert.deepEqual(wrong, []);
  });

  test("and each named rule alone makes it invalid", () => {
    const wrong = cases.flatMap((one) => {
      const excluded = parseScriptFlags(one.flagList);
      return singles(excluded)
        .filter((flag) => txResult(one, ALL_SCRIPT_FLAGS & ~trimFlags(excluded & ~flag)) === "OK")
        .map((flag) => `${one.name}: valid with ${flag}`);
    });
    assert.deepEqual(wrong, []);
  });
});

describeVectors("tx_invalid.json", (vectors) => {
  const all = readCases(vectors.json("script/tx_invalid.json"));
  const malformed = all.filter(({ flagList }) => flagList === "BADTX");
  const cases = all.filter((one) => !malformed.includes(one));

  test("a BADTX fails the check that needs no coins", () => {
    for (const { name, tx } of malformed) assert.throws(() => checkTransaction(tx), RuleError, name);
    assert.ok(malformed.length > 5);
  });

  test("every other transaction fails with the named rules", (t) => {
    const wrong = cases.filter((one) => txResult(one, fillFlags(parseScriptFlags(one.flagList))) === "OK");
    assert.deepEqual(
      wrong.map(({ name }) => name),
      [],
    );
    assert.ok(cases.length > 50, `only ${cases.length} cases`);
    t.diagnostic(`${cases.length} scripts and ${malformed.length} BADTX passed, 0 failed`);
  });

  test("and still fails with more rules", () => {
    const wrong = cases.flatMap((one, index) =>
      flagMixtures(index)
        .filter((added) => txResult(one, fillFlags(parseScriptFlags(one.flagList) | added)) === "OK")
        .map((added) => `${one.name}: valid with ${added} added`),
    );
    assert.deepEqual(wrong, []);
  });

  test("and passes without any one of them", () => {
    const wrong = cases.flatMap((one) => {
      const flags = fillFlags(parseScriptFlags(one.flagList));
      return singles(flags).flatMap((flag) => report(one, txResult(one, trimFlags(flags & ~flag)), "OK"));
    });
    assert.deepEqual(wrong, []);
  });
});

describeVectors("real-transactions.json", (vectors) => {
  interface RealTransaction {
    readonly name: string;
    readonly raw: string;
    readonly prevouts: readonly { readonly value: number; readonly script: string }[] | null;
    readonly valid_with_flags?: string;
  }

  for (const real of vectors.json<readonly RealTransaction[]>("script/real-transactions.json")) {
    const { name, raw, prevouts } = real;
    if (prevouts === null) continue;
    test(`${name} is valid under the rules of its time`, () => {
      const tx = Transaction.fromBytes(fromHex(raw));
      const flags = parseScriptFlags(real.valid_with_flags ?? "");
      checkTransaction(tx);
      assert.equal(prevouts.length, tx.inputs.length);
      for (const [index, { value, script }] of prevouts.entries()) {
        const output = { value: BigInt(value), scriptPubKey: fromHex(script) };
        assert.equal(spendResult(tx, index, output, flags), "OK", `input ${index}`);
      }
    });
  }
});

function readCases(entries: readonly Entry[]): TxCase[] {
  return entries.flatMap((entry, index) => {
    if (entry.length === 1) return [];
    const [prevouts, hex, flagList] = entry;
    const tx = Transaction.fromBytes(fromHex(hex));
    return [{ name: `#${index} ${tx.txid}`, tx, prevouts: new Map(prevouts.map(readPrevout)), flagList }];
  });
}

function readPrevout([txid, vout, scriptPubKey, amount]: Prevout): [string, TxOutput] {
  const key = `${txid}:${vout >>> 0}`;
  return [key, { value: BigInt(amount ?? 0), scriptPubKey: scriptFromText(scriptPubKey) }];
}

/** "OK", or the first thing wrong with the transaction. */
function txResult({ tx, prevouts }: TxCase, flags: ScriptFlags): string {
  try {
    checkTransaction(tx);
  } catch (error) {
    if (error instanceof RuleError) return error.code;
    throw error;
  }
  for (const [index, { prevout }] of tx.inputs.entries()) {
    const output = prevouts.get(outPointKey(prevout));
    assert.ok(output !== undefined, `no prevout of input ${index} of ${tx.txid}`);
    const result = spendResult(tx, index, output, flags);
    if (result !== "OK") return result;
  }
  return "OK";
}

function withoutNamed({ flagList }: TxCase): ScriptFlags {
  return ALL_SCRIPT_FLAGS & ~parseScriptFlags(flagList);
}

function singles(flags: ScriptFlags): ScriptFlags[] {
  return Object.values(SCRIPT_FLAGS).filter((flag) => (flags & flag) !== 0);
}

function report({ name }: TxCase, result: string, expected: string): string[] {
  return result === expected ? [] : [`${name}: ${result} instead of ${expected}`];
}
