import { OP_CHECKLOCKTIMEVERIFY, OP_CHECKSEQUENCEVERIFY } from "@forkyard/core/script/opcodes";
import { SCRIPT_FLAGS } from "../flags.ts";
import { MAX_LOCK_TIME_NUMBER_BYTES } from "../limits.ts";
import { SEQUENCE_LOCK_DISABLED } from "../lock-time-check.ts";
import type { Machine, Operation } from "../machine.ts";
import { demand } from "../script-error.ts";

/** Former no-operations that read the top of the stack and leave it there (BIP65, BIP112). */
export const LOCK_TIME_OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [OP_CHECKLOCKTIMEVERIFY, checkLockTimeVerify],
  [OP_CHECKSEQUENCEVERIFY, checkSequenceVerify],
]);

function checkLockTimeVerify(machine: Machine): void {
  if (!machine.has(SCRIPT_FLAGS.CHECKLOCKTIMEVERIFY)) return;
  const lockTime = machine.peekNumber(0, MAX_LOCK_TIME_NUMBER_BYTES);
  demand(lockTime >= 0, "NEGATIVE_LOCKTIME");
  demand(machine.checker.checkLockTime(lockTime), "UNSATISFIED_LOCKTIME");
}

function checkSequenceVerify(machine: Machine): void {
  if (!machine.has(SCRIPT_FLAGS.CHECKSEQUENCEVERIFY)) return;
  const sequence = machine.peekNumber(0, MAX_LOCK_TIME_NUMBER_BYTES);
  demand(sequence >= 0, "NEGATIVE_LOCKTIME");
  // Bitwise operators see the number modulo 2^32, which keeps the flag.
  if ((sequence & SEQUENCE_LOCK_DISABLED) !== 0) return;
  demand(machine.checker.checkSequence(sequence), "UNSATISFIED_LOCKTIME");
}
