import { MAX_SCRIPT_BYTES, MAX_SCRIPT_ELEMENT_BYTES } from "@forkyard/core/limits";
import { readOp, type ScriptOp } from "@forkyard/core/script/codec";
import {
  OP_2DIV,
  OP_2MUL,
  OP_16,
  OP_AND,
  OP_CAT,
  OP_CODESEPARATOR,
  OP_DIV,
  OP_ENDIF,
  OP_IF,
  OP_INVERT,
  OP_LEFT,
  OP_LSHIFT,
  OP_MOD,
  OP_MUL,
  OP_OR,
  OP_RIGHT,
  OP_RSHIFT,
  OP_SUBSTR,
  OP_XOR,
} from "@forkyard/core/script/opcodes";
import { SCRIPT_FLAGS } from "./flags.ts";
import { MAX_STACK_ELEMENTS } from "./limits.ts";
import { Machine, type MachineSetup } from "./machine.ts";
import { isMinimalPush } from "./minimal-push.ts";
import { OPERATIONS } from "./operations/table.ts";
import { demand } from "./script-error.ts";

/** Taken out in 2010 (CVE-2010-5137 and others): their mere presence fails the script, run or not. */
const DISABLED_OPCODES: ReadonlySet<number> = new Set([
  OP_CAT,
  OP_SUBSTR,
  OP_LEFT,
  OP_RIGHT,
  OP_INVERT,
  OP_AND,
  OP_OR,
  OP_XOR,
  OP_2MUL,
  OP_2DIV,
  OP_MUL,
  OP_DIV,
  OP_MOD,
  OP_LSHIFT,
  OP_RSHIFT,
]);

/**
 * Runs a script to its end on the stack of `setup`, which then holds the result. The order of the checks decides which
 * error a script with several faults ends with.
 * @throws ScriptFailure
 */
export function runScript(setup: MachineSetup): void {
  demand(setup.version === "tapscript" || setup.script.length <= MAX_SCRIPT_BYTES, "SCRIPT_SIZE");
  const machine = new Machine(setup);
  while (machine.position < machine.script.length) {
    const op = readOp(machine.script, machine.position);
    demand(op !== "bad-push", "BAD_OPCODE");
    machine.position = op.end;
    checkPresence(machine, op);
    step(machine, op);
    demand(machine.stack.size + machine.altStack.size <= MAX_STACK_ELEMENTS, "STACK_SIZE");
    machine.operationIndex++;
  }
  demand(machine.conditions.balanced, "UNBALANCED_CONDITIONAL");
}

/** What holds for an operation even in a branch that is skipped. */
function checkPresence(machine: Machine, op: ScriptOp): void {
  const { opcode, data } = op;
  demand(data === undefined || data.length <= MAX_SCRIPT_ELEMENT_BYTES, "PUSH_SIZE");
  if (opcode > OP_16) machine.countOps(1);
  demand(!DISABLED_OPCODES.has(opcode), "DISABLED_OPCODE");
  if (opcode === OP_CODESEPARATOR && machine.version === "base") {
    demand(!machine.has(SCRIPT_FLAGS.CONST_SCRIPTCODE), "OP_CODESEPARATOR");
  }
}

function step(machine: Machine, op: ScriptOp): void {
  const { opcode, data } = op;
  // Opcodes from IF to ENDIF are seen in skipped code too; the meaningless VERIF and VERNOTIF among them always fail.
  const isBranching = opcode >= OP_IF && opcode <= OP_ENDIF;
  if (!machine.conditions.executing && !isBranching) return;
  if (data !== undefined) {
    demand(!machine.has(SCRIPT_FLAGS.MINIMALDATA) || isMinimalPush(opcode, data), "MINIMALDATA");
    machine.stack.push(data);
    return;
  }
  const operation = OPERATIONS[opcode];
  demand(operation !== undefined, "BAD_OPCODE");
  operation(machine, opcode);
}
