import { OP_CHECKSIG, OP_CHECKSIGADD, OP_CHECKSIGVERIFY, OP_CODESEPARATOR } from "@forkyard/core/script/opcodes";
import { checkPublicKeyEncoding } from "../encoding/public-key.ts";
import { checkSignatureEncoding } from "../encoding/signature.ts";
import { withoutSignature } from "../find-and-delete.ts";
import { SCRIPT_FLAGS } from "../flags.ts";
import type { Machine, Operation } from "../machine.ts";
import { demand } from "../script-error.ts";
import { writeScriptNumber } from "../script-number.ts";

const SCHNORR_KEY_BYTES = 32;

/** One signature against one key. */
export const SIGNATURE_OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [OP_CODESEPARATOR, separateCode],
  [OP_CHECKSIG, (machine) => machine.stack.pushBool(popAndCheckSignature(machine))],
  [OP_CHECKSIGADD, addSignature],
  [OP_CHECKSIGVERIFY, (machine) => demand(popAndCheckSignature(machine), "CHECKSIGVERIFY")],
]);

function separateCode(machine: Machine): void {
  machine.signedFrom = machine.position;
  machine.codeSeparatorPosition = machine.operationIndex;
}

/** BIP342: a number goes up by one when the signature below it is there; outside tapscript this opcode has no meaning. */
function addSignature(machine: Machine): void {
  demand(machine.version === "tapscript", "BAD_OPCODE");
  const signature = machine.stack.peek(2);
  const number = machine.peekNumber(1);
  const isSigned = checkTapscriptSignature(machine, signature, machine.stack.peek());
  machine.stack.drop(3);
  machine.stack.push(writeScriptNumber(number + (isSigned ? 1 : 0)));
}

function popAndCheckSignature(machine: Machine): boolean {
  machine.stack.need(2);
  const publicKey = machine.stack.pop();
  const signature = machine.stack.pop();
  if (machine.version === "tapscript") return checkTapscriptSignature(machine, signature, publicKey);
  const valid = checkSignature(machine, signature, publicKey, scriptCodeFor(machine, [signature]));
  demand(valid || signature.length === 0 || !machine.has(SCRIPT_FLAGS.NULLFAIL), "NULLFAIL");
  return valid;
}

/**
 * BIP342: an empty signature is false, any other one must be valid. Keys of other lengths than 32 bytes are left to
 * later forks and accept everything, at the same price; only the empty one never does.
 */
function checkTapscriptSignature(machine: Machine, signature: Uint8Array, publicKey: Uint8Array): boolean {
  const isSigned = signature.length > 0;
  if (isSigned) machine.payForSignature();
  demand(publicKey.length > 0, "TAPSCRIPT_EMPTY_PUBKEY");
  if (publicKey.length !== SCHNORR_KEY_BYTES) {
    demand(!machine.has(SCRIPT_FLAGS.DISCOURAGE_UPGRADABLE_PUBKEYTYPE), "DISCOURAGE_UPGRADABLE_PUBKEYTYPE");
  } else if (isSigned) machine.checker.checkSchnorr(signature, publicKey, machine.taprootContext);
  return isSigned;
}

/** The part of the running script that signatures cover; outside segwit, `signatures` are cut out of it. */
export function scriptCodeFor(machine: Machine, signatures: readonly Uint8Array[]): Uint8Array {
  const covered = machine.script.subarray(machine.signedFrom);
  if (machine.version !== "base") return covered;
  const scriptCode = signatures.reduce(withoutSignature, covered);
  demand(scriptCode === covered || !machine.has(SCRIPT_FLAGS.CONST_SCRIPTCODE), "SIG_FINDANDDELETE");
  return scriptCode;
}

/** Checks how both are written, then the signature itself. @throws ScriptFailure for a forbidden encoding */
export function checkSignature(
  machine: Machine,
  signature: Uint8Array,
  publicKey: Uint8Array,
  scriptCode: Uint8Array,
): boolean {
  checkSignatureEncoding(signature, machine.flags);
  checkPublicKeyEncoding(publicKey, machine.flags, machine.version);
  return machine.checker.checkEcdsa(signature, publicKey, scriptCode, machine.version);
}
