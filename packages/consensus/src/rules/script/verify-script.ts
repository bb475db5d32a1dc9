import { equalBytes } from "@forkyard/core/bytes/bytes";
import { assert, RuleError } from "@forkyard/core/errors";
import type { Curve } from "@forkyard/core/ports/curve";
import { buildScript, isPushOnly } from "@forkyard/core/script/codec";
import { isPayToScriptHash, witnessProgram } from "@forkyard/core/script/templates";
import { SCRIPT_FAILED } from "../codes.ts";
import { hasFlag, SCRIPT_FLAGS, type ScriptFlags } from "./flags.ts";
import { runScript } from "./interpreter.ts";
import type { ScriptCheck } from "./script-check.ts";
import { demand, type ScriptErrorName, ScriptFailure } from "./script-error.ts";
import type { SignatureChecker } from "./signature-checker.ts";
import { isTrue, ScriptStack } from "./stack.ts";
import { TransactionChecker } from "./transaction-checker.ts";
import { verifyWitnessProgram } from "./witness-program.ts";

/** What an input offers against what the output demands. */
export interface ScriptSpend {
  readonly scriptSig: Uint8Array;
  readonly scriptPubKey: Uint8Array;
  /** Bottom first; empty when the input has none. */
  readonly witness: readonly Uint8Array[];
}

/** Runs the script of one input. @throws RuleError `mandatory-script-verify-flag-failed` with the script error's name */
export function verifyInput(check: ScriptCheck, curve: Curve): void {
  const { tx, inputIndex, flags } = check;
  const input = tx.inputs[inputIndex];
  const output = check.spent[inputIndex];
  assert(input !== undefined && output !== undefined, `no input ${inputIndex}, or not what it spends`);
  const spend = { scriptSig: input.scriptSig, scriptPubKey: output.scriptPubKey, witness: input.witness };
  const error = verifyScript(spend, flags, new TransactionChecker(tx, inputIndex, check.spent, curve));
  if (error === "OK") return;
  throw new RuleError(SCRIPT_FAILED, { error, input: inputIndex, txid: tx.txid });
}

/**
 * Whether an input may spend an output: scriptSig, then scriptPubKey, then what BIP16 and BIP141 add.
 * CLEANSTACK needs P2SH and WITNESS, WITNESS needs P2SH. Source: Bitcoin Core `VerifyScript`.
 */
export function verifyScript(
  spend: ScriptSpend,
  flags: ScriptFlags,
  checker: SignatureChecker,
): ScriptErrorName | "OK" {
  assertFlagsFit(flags);
  try {
    runSpend(spend, flags, checker);
    return "OK";
  } catch (failure) {
    if (failure instanceof ScriptFailure) return failure.error;
    throw failure;
  }
}

function runSpend(spend: ScriptSpend, flags: ScriptFlags, checker: SignatureChecker): void {
  const { scriptSig, scriptPubKey, witness } = spend;
  demand(!hasFlag(flags, SCRIPT_FLAGS.SIGPUSHONLY) || isPushOnly(scriptSig), "SIG_PUSHONLY");
  const stack = new ScriptStack();
  runBase(scriptSig, stack, flags, checker);
  const pushed = stack.copy();
  runBase(scriptPubKey, stack, flags, checker);
  demandTrue(stack);

  let sizeLeft = stack.size;
  let usesWitness = tryWitness(spend, scriptPubKey, flags, checker, undefined);
  if (hasFlag(flags, SCRIPT_FLAGS.P2SH) && isPayToScriptHash(scriptPubKey)) {
    const redeemScript = runRedeemScript(scriptSig, pushed, flags, checker);
    sizeLeft = pushed.size;
    usesWitness = tryWitness(spend, redeemScript, flags, checker, redeemScript);
  }
  // A witness program leaves more than one element here, but its own script was checked to end clean.
  if (hasFlag(flags, SCRIPT_FLAGS.CLEANSTACK)) demand(usesWitness || sizeLeft === 1, "CLEANSTACK");
  if (hasFlag(flags, SCRIPT_FLAGS.WITNESS)) demand(usesWitness || witness.length === 0, "WITNESS_UNEXPECTED");
}

/** BIP16: the last element that scriptSig pushed is a script, run on the ones before it. Returns that script. */
function runRedeemScript(
  scriptSig: Uint8Array,
  stack: ScriptStack,
  flags: ScriptFlags,
  checker: SignatureChecker,
): Uint8Array {
  demand(isPushOnly(scriptSig), "SIG_PUSHONLY");
  const redeemScript = stack.pop();
  runBase(redeemScript, stack, flags, checker);
  demandTrue(stack);
  return redeemScript;
}

/**
 * Checks the witness when `script` is a witness program, and says whether it is one.
 * @param redeemScript given when the program stands in P2SH: scriptSig must then be the push of it and nothing else,
 *   and empty otherwise, so that nobody can change the txid.
 */
function tryWitness(
  spend: ScriptSpend,
  script: Uint8Array,
  flags: ScriptFlags,
  checker: SignatureChecker,
  redeemScript: Uint8Array | undefined,
): boolean {
  const program = hasFlag(flags, SCRIPT_FLAGS.WITNESS) ? witnessProgram(script) : undefined;
  if (program === undefined) return false;
  if (redeemScript === undefined) demand(spend.scriptSig.length === 0, "WITNESS_MALLEATED");
  else demand(equalBytes(spend.scriptSig, buildScript([redeemScript])), "WITNESS_MALLEATED_P2SH");
  const witnessSpend = { ...program, witness: spend.witness, insideP2sh: redeemScript !== undefined };
  verifyWitnessProgram(witnessSpend, flags, checker);
  return true;
}

function runBase(script: Uint8Array, stack: ScriptStack, flags: ScriptFlags, checker: SignatureChecker): void {
  runScript({ script, stack, flags, version: "base", checker });
}

function demandTrue(stack: ScriptStack): void {
  demand(stack.size > 0 && isTrue(stack.peek()), "EVAL_FALSE");
}

function assertFlagsFit(flags: ScriptFlags): void {
  const { CLEANSTACK, P2SH, WITNESS } = SCRIPT_FLAGS;
  assert(!hasFlag(flags, WITNESS) || hasFlag(flags, P2SH), "WITNESS is on without P2SH");
  assert(!hasFlag(flags, CLEANSTACK) || hasFlag(flags, WITNESS), "CLEANSTACK is on without WITNESS");
}
