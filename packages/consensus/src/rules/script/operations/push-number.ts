import { OP_1, OP_1NEGATE, OP_16 } from "@forkyard/core/script/opcodes";
import type { Operation } from "../machine.ts";
import { writeScriptNumber } from "../script-number.ts";

/** OP_1NEGATE and OP_1 to OP_16: a number without a byte for its length. */
export const PUSH_NUMBER_OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [OP_1NEGATE, pushNumber(-1)],
  ...Array.from({ length: OP_16 - OP_1 + 1 }, (_, i): [number, Operation] => [OP_1 + i, pushNumber(i + 1)]),
]);

function pushNumber(value: number): Operation {
  const element = writeScriptNumber(value);
  return ({ stack }) => stack.push(element);
}
