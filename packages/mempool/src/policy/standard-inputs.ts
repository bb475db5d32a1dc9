import { MAX_STACK_ELEMENTS } from "@forkyard/consensus/rules/script/limits";
import { countSigops } from "@forkyard/consensus/rules/sigops";
import { MAX_SCRIPT_ELEMENT_BYTES } from "@forkyard/core/limits";
import { isPushOnly, readOps, type ScriptOp } from "@forkyard/core/script/codec";
import { isPayToScriptHash } from "@forkyard/core/script/templates";
import type { Transaction, TxInput, TxOutput } from "@forkyard/core/tx";
import { policyError } from "../codes.ts";
import { MAX_LEGACY_SIGOPS, MAX_P2SH_SIGOPS } from "../limits.ts";
import { outputType } from "./output-type.ts";

/** Counts among pushes for IsPushOnly, but fails a script that runs it. */
const OP_RESERVED = 0x50;

/**
 * Only outputs of known templates are spent through relay, and redeem scripts with few sigops (Bitcoin Core
 * `AreInputsStandard`).
 * @throws RuleError bad-txns-nonstandard-inputs
 */
export function checkStandardInputs(tx: Transaction, spent: readonly TxOutput[]): void {
  checkLegacySigops(tx, spent);
  for (const [input, output] of spent.entries()) {
    const type = outputType(output.scriptPubKey);
    if (type === undefined || type === "witness_unknown" || type === "nulldata") {
      throw policyError("bad-txns-nonstandard-inputs", { input });
    }
    if (type !== "scripthash") continue;
    const redeemScript = redeemScriptOf((tx.inputs[input] as TxInput).scriptSig);
    const sigops = redeemScript === undefined ? undefined : countSigops(redeemScript, true);
    if (sigops === undefined || sigops > MAX_P2SH_SIGOPS) {
      throw policyError("bad-txns-nonstandard-inputs", { input, ...(sigops === undefined ? {} : { sigops }) });
    }
  }
}

/** Sigops where they would run: in scriptSig, and in the script spent or the redeem script (Bitcoin Core `CheckSigopsBIP54`). */
function checkLegacySigops(tx: Transaction, spent: readonly TxOutput[]): void {
  let sigops = 0;
  for (const [input, { scriptPubKey }] of spent.entries()) {
    const { scriptSig } = tx.inputs[input] as TxInput;
    sigops += countSigops(scriptSig, true);
    if (!isPayToScriptHash(scriptPubKey)) sigops += countSigops(scriptPubKey, true);
    else if (isPushOnly(scriptSig))
      sigops += countSigops(readOps(scriptSig).ops.at(-1)?.data ?? new Uint8Array(0), true);
  }
  if (sigops > MAX_LEGACY_SIGOPS) throw policyError("bad-txns-nonstandard-inputs", { sigops });
}

/** BIP16: what the last push of a scriptSig holds; undefined when nothing is pushed, or running it would fail. */
export function redeemScriptOf(scriptSig: Uint8Array): Uint8Array | undefined {
  const { ops } = readOps(scriptSig);
  if (ops.length > MAX_STACK_ELEMENTS || ops.some(fails)) return undefined;
  const last = ops.at(-1);
  return last === undefined ? undefined : (last.data ?? new Uint8Array(0));
}

function fails({ opcode, data }: ScriptOp): boolean {
  return opcode === OP_RESERVED || (data?.length ?? 0) > MAX_SCRIPT_ELEMENT_BYTES;
}
