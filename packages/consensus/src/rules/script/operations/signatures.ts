import { OP_CHECKSIG, OP_CHECKSIGVERIFY, OP_CODESEPARATOR } from "@forkyard/core/script/opcodes";
import { checkPublicKeyEncoding } from "../encoding/public-key.ts";
import { checkSignatureEncoding } from "../encoding/signature.ts";
import { withoutSignature } from "../find-and-delete.ts";
import { SCRIPT_FLAGS } from "../flags.ts";
import type { Machine, Operation } from "../machine.ts";
import { demand } from "../script-error.ts";

/** One signature against one key. */
export const SIGNATURE_OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [OP_CODESEPARATOR, separateCode],
  [OP_CHECKSIG, (machine) => machine.stack.pushBool(popAndCheckSignature(machine))],
  [OP_CHECKSIGVERIFY, (machine) => demand(popAndCheckSignature(machine), "CHECKSIGVERIFY")],
]);

function separateCode(machine: Machine): void {
  machine.signedFrom = machine.position;
}

function popAndCheckSignature(machine: Machine): boolean {
  machine.stack.need(2);
  const publicKey = machine.stack.pop();
  const signature = machine.stack.pop();
  const valid = checkSignature(machine, signature, publicKey, scriptCodeFor(machine, [signature]));
  demand(valid || signature.length === 0 || !machine.has(SCRIPT_FLAGS.NULLFAIL), "NULLFAIL");
  return valid;
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
