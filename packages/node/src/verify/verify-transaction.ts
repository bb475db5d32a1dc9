import { checkTransaction } from "@forkyard/consensus/rules/check-tx";
import { ruleError } from "@forkyard/consensus/rules/codes";
import {
  hasFlag,
  MANDATORY_SCRIPT_FLAGS,
  parseScriptFlags,
  SCRIPT_FLAGS,
  type ScriptFlags,
  STANDARD_SCRIPT_FLAGS,
} from "@forkyard/consensus/rules/script/flags";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import { InputError } from "@forkyard/core/errors";
import type { Curve } from "@forkyard/core/ports/curve";
import { outPointKey, Transaction, type TxOutput } from "@forkyard/core/tx";
import { bytesOf, fieldsOf, listOf, satoshisOf, txidOf, u32Of } from "./request-fields.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** Names of whole sets of script rules. */
const FLAG_SETS: ReadonlyMap<string, ScriptFlags> = new Map([
  ["MANDATORY", MANDATORY_SCRIPT_FLAGS],
  ["STANDARD", STANDARD_SCRIPT_FLAGS],
]);

/**
 * Whether a transaction is sound in itself and the scripts of all its inputs pass. Amounts are not added up, and
 * nothing is asked of a chain: locks, maturity and double spends are for `verifyBlock`.
 * @param request `{ tx, prevouts: [{ txid, vout, value, scriptPubKey }], flags }`, as it came from JSON: bytes in
 * hexadecimal, value in satoshis, flags as names with commas between
 */
export function verifyTransaction(request: unknown, curve: Curve): Verdict {
  const verdict = verdictOf(() => {
    const { tx: bytes, prevouts, flags } = fieldsOf(request, "the request");
    const rules = readFlags(flags);
    const outputs = readPrevouts(prevouts);
    const tx = Transaction.fromBytes(bytesOf(bytes, "tx"));
    checkTransaction(tx);
    const spent = tx.inputs.map(({ prevout }): TxOutput => {
      const output = outputs.get(outPointKey(prevout));
      if (output !== undefined) return output;
      throw ruleError("bad-txns-inputs-missingorspent", { spentTxid: prevout.txid, spentVout: prevout.vout });
    });
    for (const inputIndex of tx.inputs.keys()) verifyInput({ tx, inputIndex, spent, flags: rules }, curve);
    return { txid: tx.txid };
  });
  // A transaction alone is neither in a block nor in a mempool, whose codes differ: the script error is the code.
  return verdict.accepted || verdict.script === undefined ? verdict : { ...verdict, code: verdict.script };
}

/** By outpoint. */
function readPrevouts(value: unknown): Map<string, TxOutput> {
  const outputs = new Map<string, TxOutput>();
  for (const [index, item] of listOf(value, "prevouts").entries()) {
    const name = `prevouts[${index}]`;
    const fields = fieldsOf(item, name);
    const txid = txidOf(fields["txid"], `${name}.txid`);
    const vout = u32Of(fields["vout"], `${name}.vout`);
    outputs.set(outPointKey({ txid, vout }), {
      value: satoshisOf(fields["value"], `${name}.value`),
      scriptPubKey: bytesOf(fields["scriptPubKey"], `${name}.scriptPubKey`),
    });
  }
  return outputs;
}

function readFlags(value: unknown): ScriptFlags {
  const text = Array.isArray(value) ? value.join(",") : value;
  if (typeof text !== "string")
    throw new InputError("flags: give names with commas between, NONE, MANDATORY or STANDARD");
  const flags = FLAG_SETS.get(text) ?? parseScriptFlags(text);
  if (hasFlag(flags, SCRIPT_FLAGS.WITNESS) && !hasFlag(flags, SCRIPT_FLAGS.P2SH)) {
    throw new InputError("flags: WITNESS needs P2SH");
  }
  if (hasFlag(flags, SCRIPT_FLAGS.CLEANSTACK) && !hasFlag(flags, SCRIPT_FLAGS.WITNESS)) {
    throw new InputError("flags: CLEANSTACK needs WITNESS and P2SH");
  }
  return flags;
}
