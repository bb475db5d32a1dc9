import assert from "node:assert/strict";
import {
  formatScriptFlags,
  parseScriptFlags,
  SCRIPT_FLAGS,
  type ScriptFlags,
} from "@forkyard/consensus/rules/script/flags";
import { taprootOutput } from "@forkyard/consensus/testing/taproot-tree";
import { fromHex } from "@forkyard/core/bytes/bytes";
import { type Txid, ZERO_HASH } from "@forkyard/core/hash";
import { NULL_VOUT, SEQUENCE_FINAL, Transaction, type TxOutput } from "@forkyard/core/tx";
import { scriptFromText } from "../support/script-text.ts";
import { fillFlags, flagMixtures, spendResult, trimFlags } from "../support/spends.ts";
import type { Case, Suite, VectorFile } from "../support/suite.ts";

type Row = readonly [scriptSig: string, scriptPubKey: string, flags: string, expected: string, comment?: string];
type Entry = readonly [comment: string] | Row | readonly [witnessAndAmount: readonly (string | number)[], ...Row];

/** What a case comes down to, whichever file it is from. */
interface ScriptCase {
  readonly scriptSig: Uint8Array;
  readonly output: TxOutput;
  readonly witness: readonly Uint8Array[];
  readonly flags: string;
  readonly expected: string;
}

interface ExpandedCase {
  readonly index_in_script_tests: number;
  readonly witness: readonly string[];
  readonly amount_satoshis: number;
  readonly script_sig: string;
  readonly script_pubkey: string;
  readonly flags: string;
  readonly expected: string;
  readonly comment: string;
}

const SATOSHIS_PER_COIN = 1e8;
const NAME_CHARACTERS = 120;

export const scriptTests: Suite = { files: /^script\/script_tests\.json$/, cases };
export const expandedScriptTests: Suite = {
  files: /^script\/script_tests\.taproot-expanded\.json$/,
  cases: expandedCases,
};

function* cases(file: VectorFile): Iterable<Case> {
  for (const [index, entry] of file.json<readonly Entry[]>().entries()) {
    if (entry.length === 1) continue;
    const [first, ...rest] = entry;
    const row = (typeof first === "string" ? entry : rest) as Row;
    const stack = typeof first === "string" ? [] : first.slice(0, -1).map(String);
    const coins = typeof first === "string" ? 0 : Number(first.at(-1));
    const [scriptSig, scriptPubKey, flags, expected, comment] = row;
    yield {
      name: `#${index} ${comment ?? `${scriptSig} | ${scriptPubKey}`}`.slice(0, NAME_CHARACTERS),
      check: () => {
        const tree = taprootTree(stack);
        const script = scriptPubKey.includes("#TAPROOTOUTPUT#") ? tree?.scriptPubKey : scriptFromText(scriptPubKey);
        assert.ok(script !== undefined, "a taproot output needs a script");
        run(index, {
          scriptSig: scriptFromText(scriptSig),
          output: { value: BigInt(Math.round(coins * SATOSHIS_PER_COIN)), scriptPubKey: script },
          witness: stack.map((item) => witnessItem(item, tree)),
          flags,
          expected,
        });
      },
    };
  }
}

function* expandedCases(file: VectorFile): Iterable<Case> {
  for (const one of file.json<readonly ExpandedCase[]>()) {
    yield {
      name: `#${one.index_in_script_tests} ${one.comment}`,
      check: () =>
        run(one.index_in_script_tests, {
          scriptSig: fromHex(one.script_sig),
          output: { value: BigInt(one.amount_satoshis), scriptPubKey: fromHex(one.script_pubkey) },
          witness: one.witness.map(fromHex),
          flags: one.flags,
          expected: one.expected,
        }),
    };
  }
}

/** The very error that is named; and with other rules, what passes passes with fewer and what fails fails with more. */
function run(seed: number, { scriptSig, output, witness, flags: names, expected }: ScriptCase): void {
  const tx = spendOf(output, scriptSig, witness);
  const resultOf = (flags: ScriptFlags): string => spendResult(tx, 0, [output], flags);
  const named = parseScriptFlags(names);
  const flags = (named & SCRIPT_FLAGS.CLEANSTACK) === 0 ? named : fillFlags(named);
  assert.equal(resultOf(flags), expected);
  for (const mixture of flagMixtures(seed)) {
    const changed = expected === "OK" ? trimFlags(flags & ~mixture) : fillFlags(flags | mixture);
    assert.equal(resultOf(changed) === "OK", expected === "OK", `with ${formatScriptFlags(changed)}`);
  }
}

/** The spending transaction of the frame that the data is made for. */
function spendOf(output: TxOutput, scriptSig: Uint8Array, witness: readonly Uint8Array[]): Transaction {
  const prevout = { txid: ZERO_HASH as Txid, vout: NULL_VOUT };
  const credit = new Transaction({
    version: 1,
    inputs: [{ prevout, scriptSig: Uint8Array.of(0, 0), sequence: SEQUENCE_FINAL, witness: [] }],
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

const SCRIPT_MARK = "#SCRIPT#";
/** Of the internal key that the marks stand for. */
const INTERNAL_SECRET = 1n;

/** The tree of one leaf that the marks in a witness stand for. */
interface TaprootTree {
  readonly script: Uint8Array;
  readonly control: Uint8Array;
  readonly scriptPubKey: Uint8Array;
}

function taprootTree(witness: readonly string[]): TaprootTree | undefined {
  const marked = witness.find((item) => item.startsWith(SCRIPT_MARK));
  if (marked === undefined) return undefined;
  const script = scriptFromText(marked.slice(SCRIPT_MARK.length));
  return { script, ...taprootOutput(INTERNAL_SECRET, script) };
}

function witnessItem(text: string, tree: TaprootTree | undefined): Uint8Array {
  if (!text.startsWith("#")) return fromHex(text);
  assert.ok(tree !== undefined, `${text} without a script`);
  return text.startsWith(SCRIPT_MARK) ? tree.script : tree.control;
}
