import assert from "node:assert/strict";
import { checkTransaction } from "@forkyard/consensus/rules/check-tx";
import {
  ALL_SCRIPT_FLAGS,
  formatScriptFlags,
  parseScriptFlags,
  type ScriptFlags,
} from "@forkyard/consensus/rules/script/flags";
import { equalBytes, fromHex } from "@forkyard/core/bytes/bytes";
import { RuleError } from "@forkyard/core/errors";
import { outPointKey, Transaction, type TxOutput } from "@forkyard/core/tx";
import { scriptFromText } from "../support/script-text.ts";
import { fillFlags, flagMixtures, singleFlags, spendResult, trimFlags } from "../support/spends.ts";
import type { Case, Suite, VectorFile } from "../support/suite.ts";

type Prevout = readonly [txid: string, vout: number, scriptPubKey: string, amount?: number];
type Entry = readonly [comment: string] | readonly [prevouts: readonly Prevout[], hex: string, flags: string];

interface TxCase {
  readonly seed: number;
  readonly tx: Transaction;
  /** By outpoint. */
  readonly prevouts: ReadonlyMap<string, TxOutput>;
  readonly flags: string;
}

const BAD_TRANSACTION = "BADTX";

export const validTransactions: Suite = {
  files: /^script\/tx_valid\.json$/,
  cases: (file) => transactionCases(file, checkValid),
};
export const invalidTransactions: Suite = {
  files: /^script\/tx_invalid\.json$/,
  cases: (file) => transactionCases(file, checkInvalid),
};
export const realTransactions: Suite = { files: /^script\/real-transactions\.json$/, cases: realCases };
export const largeTransactions: Suite = { files: /^script\/large-tx-.*\.raw(\.gz)?$/, cases: largeCases };

function* transactionCases(file: VectorFile, check: (one: TxCase) => void): Iterable<Case> {
  for (const [seed, entry] of file.json<readonly Entry[]>().entries()) {
    if (entry.length === 1) continue;
    const [prevouts, hex, flags] = entry;
    yield {
      name: `#${seed} ${hex.slice(0, 80)}`,
      check: () =>
        check({ seed, tx: Transaction.fromBytes(fromHex(hex)), prevouts: new Map(prevouts.map(readPrevout)), flags }),
    };
  }
}

/** Valid with every rule but the named ones and with fewer; each of the named rules makes it invalid. */
function checkValid(one: TxCase): void {
  const excluded = parseScriptFlags(one.flags);
  const flags = trimFlags(ALL_SCRIPT_FLAGS & ~excluded);
  assert.equal(txResult(one, flags), "OK");
  for (const dropped of flagMixtures(one.seed)) {
    assert.equal(txResult(one, trimFlags(flags & ~dropped)), "OK", `without ${formatScriptFlags(dropped)}`);
  }
  for (const flag of singleFlags(excluded)) {
    const more = ALL_SCRIPT_FLAGS & ~trimFlags(excluded & ~flag);
    assert.notEqual(txResult(one, trimFlags(more)), "OK", `with ${formatScriptFlags(flag)}`);
  }
}

/** Invalid with the named rules and with more; valid without any one of them. */
function checkInvalid(one: TxCase): void {
  if (one.flags === BAD_TRANSACTION) {
    assert.throws(() => checkTransaction(one.tx), RuleError);
    return;
  }
  const flags = fillFlags(parseScriptFlags(one.flags));
  assert.notEqual(txResult(one, flags), "OK");
  for (const added of flagMixtures(one.seed)) {
    const more = fillFlags(flags | added);
    assert.notEqual(txResult(one, more), "OK", `with ${formatScriptFlags(more)}`);
  }
  for (const flag of singleFlags(flags)) {
    assert.equal(txResult(one, trimFlags(flags & ~flag)), "OK", `without ${formatScriptFlags(flag)}`);
  }
}

/** "OK", or the first thing wrong with the transaction. */
function txResult({ tx, prevouts }: TxCase, flags: ScriptFlags): string {
  try {
    checkTransaction(tx);
  } catch (error) {
    if (error instanceof RuleError) return error.code;
    throw error;
  }
  const spent = tx.inputs.map(({ prevout }) => {
    const output = prevouts.get(outPointKey(prevout));
    assert.ok(output !== undefined, `what ${outPointKey(prevout)} spends is missing`);
    return output;
  });
  return tx.inputs.map((_, index) => spendResult(tx, index, spent, flags)).find((result) => result !== "OK") ?? "OK";
}

function readPrevout([txid, vout, scriptPubKey, amount]: Prevout): [string, TxOutput] {
  const key = `${txid}:${vout >>> 0}`;
  return [key, { value: BigInt(amount ?? 0), scriptPubKey: scriptFromText(scriptPubKey) }];
}

interface RealTransaction {
  readonly name: string;
  readonly txid: string;
  readonly wtxid: string;
  readonly size: number;
  readonly weight: number;
  readonly raw: string;
  readonly prevouts: readonly { readonly value: number; readonly script: string }[] | null;
  readonly valid_with_flags?: string;
}

/** The same bytes again, hashes, sizes; where the prevouts are known, valid under the rules of its time. */
function* realCases(file: VectorFile): Iterable<Case> {
  for (const { name, txid, wtxid, size, weight, raw, prevouts, valid_with_flags: flags } of file.json<
    readonly RealTransaction[]
  >()) {
    yield {
      name,
      check: () => {
        const tx = Transaction.fromBytes(fromHex(raw));
        assert.ok(equalBytes(new Transaction(tx).encode(), fromHex(raw)), "the same bytes again");
        const found = { txid: tx.txid as string, wtxid: tx.wtxid as string, size: tx.totalSize, weight: tx.weight };
        assert.deepEqual(found, { txid, wtxid, size, weight });
        checkTransaction(tx);
        const spent = prevouts?.map(({ value, script }) => ({ value: BigInt(value), scriptPubKey: fromHex(script) }));
        if (spent === undefined) return;
        assert.equal(spent.length, tx.inputs.length);
        for (const index of tx.inputs.keys()) {
          assert.equal(spendResult(tx, index, spent, parseScriptFlags(flags ?? "")), "OK", `input ${index}`);
        }
      },
    };
  }
}

/** Its name holds the first digits of the txid. */
function* largeCases(file: VectorFile): Iterable<Case> {
  yield {
    name: file.path,
    check: () => {
      const bytes = file.bytes();
      const tx = Transaction.fromBytes(bytes);
      assert.ok(equalBytes(new Transaction(tx).encode(), bytes), "the same bytes again");
      assert.ok(file.path.includes(`large-tx-${tx.txid.slice(0, 8)}`), tx.txid);
      checkTransaction(tx);
    },
  };
}
