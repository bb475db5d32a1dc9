import { equalBytes } from "@forkyard/core/bytes/bytes";
import {
  OP_0NOTEQUAL,
  OP_1ADD,
  OP_1SUB,
  OP_ABS,
  OP_ADD,
  OP_BOOLAND,
  OP_BOOLOR,
  OP_EQUAL,
  OP_EQUALVERIFY,
  OP_GREATERTHAN,
  OP_GREATERTHANOREQUAL,
  OP_LESSTHAN,
  OP_LESSTHANOREQUAL,
  OP_MAX,
  OP_MIN,
  OP_NEGATE,
  OP_NOT,
  OP_NUMEQUAL,
  OP_NUMEQUALVERIFY,
  OP_NUMNOTEQUAL,
  OP_SUB,
  OP_WITHIN,
} from "@forkyard/core/script/opcodes";
import type { Machine, Operation } from "../machine.ts";
import { demand } from "../script-error.ts";
import { writeScriptNumber } from "../script-number.ts";

/** Numbers of at most four bytes in, of at most five out; and the comparison of byte strings. */
export const ARITHMETIC_OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [OP_EQUAL, ({ stack }) => stack.pushBool(popEqual(stack))],
  [OP_EQUALVERIFY, ({ stack }) => demand(popEqual(stack), "EQUALVERIFY")],
  [OP_1ADD, unary((a) => a + 1)],
  [OP_1SUB, unary((a) => a - 1)],
  [OP_NEGATE, unary((a) => -a)],
  [OP_ABS, unary(Math.abs)],
  [OP_NOT, unary((a) => Number(a === 0))],
  [OP_0NOTEQUAL, unary((a) => Number(a !== 0))],
  [OP_ADD, binary((a, b) => a + b)],
  [OP_SUB, binary((a, b) => a - b)],
  [OP_BOOLAND, binary((a, b) => Number(a !== 0 && b !== 0))],
  [OP_BOOLOR, binary((a, b) => Number(a !== 0 || b !== 0))],
  [OP_NUMEQUAL, binary((a, b) => Number(a === b))],
  [OP_NUMEQUALVERIFY, numberEqualVerify],
  [OP_NUMNOTEQUAL, binary((a, b) => Number(a !== b))],
  [OP_LESSTHAN, binary((a, b) => Number(a < b))],
  [OP_GREATERTHAN, binary((a, b) => Number(a > b))],
  [OP_LESSTHANOREQUAL, binary((a, b) => Number(a <= b))],
  [OP_GREATERTHANOREQUAL, binary((a, b) => Number(a >= b))],
  [OP_MIN, binary(Math.min)],
  [OP_MAX, binary(Math.max)],
  [OP_WITHIN, within],
]);

function popEqual(stack: Machine["stack"]): boolean {
  stack.need(2);
  return equalBytes(stack.pop(), stack.pop());
}

function unary(compute: (a: number) => number): Operation {
  return (machine) => {
    const result = compute(machine.peekNumber(0));
    machine.stack.drop(1);
    machine.stack.push(writeScriptNumber(result));
  };
}

function binary(compute: (a: number, b: number) => number): Operation {
  return (machine) => {
    const [a, b] = popTwoNumbers(machine);
    machine.stack.push(writeScriptNumber(compute(a, b)));
  };
}

function numberEqualVerify(machine: Machine): void {
  const [a, b] = popTwoNumbers(machine);
  demand(a === b, "NUMEQUALVERIFY");
}

function popTwoNumbers(machine: Machine): [number, number] {
  machine.stack.need(2);
  const numbers: [number, number] = [machine.peekNumber(1), machine.peekNumber(0)];
  machine.stack.drop(2);
  return numbers;
}

/** True when the lower bound is not above the value and the upper bound is. */
function within(machine: Machine): void {
  machine.stack.need(3);
  const value = machine.peekNumber(2);
  const lower = machine.peekNumber(1);
  const upper = machine.peekNumber(0);
  machine.stack.drop(3);
  machine.stack.pushBool(lower <= value && value < upper);
}
