import {
  OP_ELSE,
  OP_ENDIF,
  OP_IF,
  OP_NOP,
  OP_NOP1,
  OP_NOP4,
  OP_NOP10,
  OP_NOTIF,
  OP_RETURN,
  OP_VERIFY,
} from "@forkyard/core/script/opcodes";
import { SCRIPT_FLAGS } from "../flags.ts";
import type { Machine, Operation } from "../machine.ts";
import { demand, ScriptFailure } from "../script-error.ts";
import { isTrue } from "../stack.ts";

/** Branches, OP_VERIFY, OP_RETURN and the no-operations. IF, NOTIF, ELSE and ENDIF also run in skipped code. */
export const FLOW_OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [OP_NOP, () => {}],
  [OP_IF, openBranch],
  [OP_NOTIF, openBranch],
  [OP_ELSE, (machine) => machine.conditions.flip()],
  [OP_ENDIF, (machine) => machine.conditions.close()],
  [OP_VERIFY, verify],
  [OP_RETURN, refuse],
  [OP_NOP1, reservedNop],
  ...range(OP_NOP4, OP_NOP10).map((opcode): [number, Operation] => [opcode, reservedNop]),
]);

function openBranch(machine: Machine, opcode: number): void {
  const { conditions, stack } = machine;
  if (!conditions.executing) {
    conditions.open(false);
    return;
  }
  const condition = stack.pop();
  const minimal = condition.length === 0 || (condition.length === 1 && condition[0] === 1);
  if (machine.version === "tapscript") demand(minimal, "TAPSCRIPT_MINIMALIF");
  if (machine.version === "witness-v0" && machine.has(SCRIPT_FLAGS.MINIMALIF)) demand(minimal, "MINIMALIF");
  conditions.open(isTrue(condition) === (opcode === OP_IF));
}

function verify(machine: Machine): void {
  demand(isTrue(machine.stack.pop()), "VERIFY");
}

function refuse(): void {
  throw new ScriptFailure("OP_RETURN");
}

/** Kept for later soft forks: does nothing, but nodes do not relay it. */
function reservedNop(machine: Machine): void {
  demand(!machine.has(SCRIPT_FLAGS.DISCOURAGE_UPGRADABLE_NOPS), "DISCOURAGE_UPGRADABLE_NOPS");
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
