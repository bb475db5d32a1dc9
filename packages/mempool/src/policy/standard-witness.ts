import { isPayToScriptHash, witnessProgram } from "@forkyard/core/script/templates";
import type { Transaction, TxInput, TxOutput } from "@forkyard/core/tx";
import { policyError } from "../codes.ts";
import {
  MAX_STANDARD_WITNESS_ITEM_BYTES,
  MAX_STANDARD_WITNESS_ITEMS,
  MAX_STANDARD_WITNESS_SCRIPT_BYTES,
} from "../limits.ts";
import { outputType } from "./output-type.ts";
import { redeemScriptOf } from "./standard-inputs.ts";

const ANNEX_TAG = 0x50;
const TAPROOT_LEAF_MASK = 0xfe;
const TAPSCRIPT_LEAF = 0xc0;

/**
 * Witnesses must not carry more than their template needs: anybody on the way could pad them (Bitcoin Core
 * `IsWitnessStandard`).
 * @throws RuleError bad-witness-nonstandard
 */
export function checkStandardWitness(tx: Transaction, spent: readonly TxOutput[]): void {
  for (const [index, output] of spent.entries()) {
    const input = tx.inputs[index] as TxInput;
    if (input.witness.length > 0 && !isStandardWitness(input, output.scriptPubKey)) {
      throw policyError("bad-witness-nonstandard", { input: index });
    }
  }
}

function isStandardWitness(input: TxInput, scriptPubKey: Uint8Array): boolean {
  const nested = isPayToScriptHash(scriptPubKey);
  const script = nested ? redeemScriptOf(input.scriptSig) : scriptPubKey;
  const program = script === undefined ? undefined : witnessProgram(script);
  if (program === undefined) return false;
  if (program.version === 0 && program.program.length === 32) return isStandardScriptHashWitness(input.witness);
  if (program.version === 1 && program.program.length === 32 && !nested) return isStandardTaproot(input.witness);
  // Pay-to-anchor needs no witness at all; other programs have templates of their own or none.
  return nested || outputType(scriptPubKey) !== "anchor";
}

function isStandardScriptHashWitness(witness: readonly Uint8Array[]): boolean {
  const script = witness.at(-1) as Uint8Array;
  const items = witness.slice(0, -1);
  return (
    script.length <= MAX_STANDARD_WITNESS_SCRIPT_BYTES &&
    items.length <= MAX_STANDARD_WITNESS_ITEMS &&
    items.every(isSmall)
  );
}

/** BIP341: no annex; in a tapscript spend, items before script and control block are small. */
function isStandardTaproot(witness: readonly Uint8Array[]): boolean {
  const last = witness.at(-1) as Uint8Array;
  if (witness.length >= 2 && last[0] === ANNEX_TAG) return false;
  if (witness.length < 2) return true;
  if (last.length === 0) return false;
  const isTapscript = ((last[0] as number) & TAPROOT_LEAF_MASK) === TAPSCRIPT_LEAF;
  return !isTapscript || witness.slice(0, -2).every(isSmall);
}

function isSmall(item: Uint8Array): boolean {
  return item.length <= MAX_STANDARD_WITNESS_ITEM_BYTES;
}
