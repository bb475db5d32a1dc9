import { OP_CHECKMULTISIG, OP_CHECKMULTISIGVERIFY } from "@forkyard/core/script/opcodes";
import { MAX_PUBKEYS_PER_MULTISIG } from "../../../limits.ts";
import { SCRIPT_FLAGS } from "../flags.ts";
import type { Machine, Operation } from "../machine.ts";
import { demand, type ScriptErrorName } from "../script-error.ts";
import { checkSignature, scriptCodeFor } from "./signatures.ts";

/** Some signatures against more keys, both in the same order. */
export const MULTISIG_OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [OP_CHECKMULTISIG, (machine) => machine.stack.pushBool(popAndCheckMultisig(machine))],
  [OP_CHECKMULTISIGVERIFY, (machine) => demand(popAndCheckMultisig(machine), "CHECKMULTISIGVERIFY")],
]);

/** The stack, bottom to top: dummy, signatures, their number, keys, their number. */
function popAndCheckMultisig(machine: Machine): boolean {
  demand(machine.version !== "tapscript", "TAPSCRIPT_CHECKMULTISIG");
  const publicKeys = popCounted(machine, MAX_PUBKEYS_PER_MULTISIG, "PUBKEY_COUNT", (count) => {
    machine.countOps(count);
  });
  const signatures = popCounted(machine, publicKeys.length, "SIG_COUNT");
  // The dummy was a mistake of the first version; BIP147 takes the freedom out of it.
  machine.stack.need(1);
  const scriptCode = scriptCodeFor(machine, signatures);
  const valid = matchSignatures(machine, signatures, publicKeys, scriptCode);
  if (!valid && machine.has(SCRIPT_FLAGS.NULLFAIL)) {
    demand(
      signatures.every((signature) => signature.length === 0),
      "NULLFAIL",
    );
  }
  const dummy = machine.stack.pop();
  demand(dummy.length === 0 || !machine.has(SCRIPT_FLAGS.NULLDUMMY), "SIG_NULLDUMMY");
  return valid;
}

/** Pops a number and that many elements; the one that lay on top comes first. */
function popCounted(
  machine: Machine,
  max: number,
  error: ScriptErrorName,
  counted: (count: number) => void = () => {},
): Uint8Array[] {
  const { stack } = machine;
  const count = machine.peekNumber(0);
  demand(count >= 0 && count <= max, error);
  counted(count);
  stack.need(count + 1);
  stack.drop(1);
  return Array.from({ length: count }, () => stack.pop());
}

/**
 * Each signature takes the next key that fits. Stops as soon as more signatures than keys are left: keys not looked at
 * are then not checked for their encoding either, which is part of the rule.
 */
function matchSignatures(
  machine: Machine,
  signatures: readonly Uint8Array[],
  publicKeys: readonly Uint8Array[],
  scriptCode: Uint8Array,
): boolean {
  let matched = 0;
  for (let tried = 0; matched < signatures.length; tried++) {
    if (signatures.length - matched > publicKeys.length - tried) return false;
    const signature = signatures[matched] as Uint8Array;
    if (checkSignature(machine, signature, publicKeys[tried] as Uint8Array, scriptCode)) matched++;
  }
  return true;
}
