import assert from "node:assert/strict";
import {
  formatScriptFlags,
  parseScriptFlags,
  SCRIPT_FLAGS,
  type ScriptFlags,
} from "@forkyard/consensus/rules/script/flags";
import { fromHex } from "@forkyard/core/bytes/bytes";
import { ByteReader } from "@forkyard/core/bytes/reader";
import { decodeOutput, Transaction, type TxInput } from "@forkyard/core/tx";
import { spendResult, trimFlags } from "../support/spends.ts";
import type { Case, Suite, VectorFile } from "../support/suite.ts";

interface Spend {
  readonly scriptSig: string;
  readonly witness: readonly string[];
}

interface Asset {
  readonly tx: string;
  readonly prevouts: readonly string[];
  readonly index: number;
  readonly flags: string;
  readonly comment: string;
  readonly final?: boolean;
  readonly success?: Spend;
  readonly failure?: Spend;
}

export const taprootAssets: Suite = { files: /^script\/taproot-script-assets\.jsonl(\.gz)?$/, cases };

function* cases(file: VectorFile): Iterable<Case> {
  for (const line of file.text().trim().split("\n")) {
    const asset = JSON.parse(line) as Asset;
    yield { name: asset.comment, check: () => checkAsset(asset) };
  }
}

const SEPARATE_FLAGS: readonly ScriptFlags[] = [
  SCRIPT_FLAGS.DERSIG,
  SCRIPT_FLAGS.CHECKLOCKTIMEVERIFY,
  SCRIPT_FLAGS.CHECKSEQUENCEVERIFY,
  SCRIPT_FLAGS.NULLDUMMY,
];
const NESTED_FLAGS: readonly ScriptFlags[] = [
  0,
  SCRIPT_FLAGS.P2SH,
  SCRIPT_FLAGS.P2SH | SCRIPT_FLAGS.WITNESS,
  SCRIPT_FLAGS.P2SH | SCRIPT_FLAGS.WITNESS | SCRIPT_FLAGS.TAPROOT,
];

/** Every set of rules that history allows: each of these needs the ones before it, the others are free. */
const FLAG_SETS: readonly ScriptFlags[] = NESTED_FLAGS.flatMap((nested) =>
  Array.from({ length: 1 << SEPARATE_FLAGS.length }, (_, bits) =>
    SEPARATE_FLAGS.reduce((set, flag, i) => ((bits >> i) & 1 ? set | flag : set), nested),
  ),
);

function checkAsset(asset: Asset): void {
  const flags = parseScriptFlags(asset.flags);
  const { success, failure } = asset;
  if (success !== undefined) {
    const resultOf = runner(asset, success);
    for (const set of FLAG_SETS) {
      if (asset.final !== true && (set & ~flags) !== 0) continue;
      assert.equal(resultOf(set), "OK", `success with ${formatScriptFlags(set)}`);
    }
    assert.equal(resultOf(trimFlags(flags)), "OK", "success with the very flags");
  }
  if (failure !== undefined) {
    const resultOf = runner(asset, failure);
    for (const set of FLAG_SETS) {
      if ((set & flags) !== flags) continue;
      assert.notEqual(resultOf(set), "OK", `failure with ${formatScriptFlags(set)}`);
    }
    assert.notEqual(resultOf(trimFlags(flags)), "OK", "failure with the very flags");
  }
}

function runner(asset: Asset, { scriptSig, witness }: Spend): (flags: ScriptFlags) => string {
  const bare = Transaction.fromBytes(fromHex(asset.tx));
  const filled = { scriptSig: fromHex(scriptSig), witness: witness.map(fromHex) };
  const inputs = bare.inputs.map((input, i): TxInput => (i === asset.index ? { ...input, ...filled } : input));
  const tx = new Transaction({ version: bare.version, inputs, outputs: bare.outputs, lockTime: bare.lockTime });
  const spent = asset.prevouts.map((hex) => decodeOutput(new ByteReader(fromHex(hex))));
  return (flags) => spendResult(tx, asset.index, spent, flags);
}
