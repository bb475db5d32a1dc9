import {
  OP_2DROP,
  OP_2DUP,
  OP_2OVER,
  OP_2ROT,
  OP_2SWAP,
  OP_3DUP,
  OP_DEPTH,
  OP_DROP,
  OP_DUP,
  OP_FROMALTSTACK,
  OP_IFDUP,
  OP_NIP,
  OP_OVER,
  OP_PICK,
  OP_ROLL,
  OP_ROT,
  OP_SIZE,
  OP_SWAP,
  OP_TOALTSTACK,
  OP_TUCK,
} from "@forkyard/core/script/opcodes";
import type { Machine, Operation } from "../machine.ts";
import { demand } from "../script-error.ts";
import { writeScriptNumber } from "../script-number.ts";
import { isTrue, type ScriptStack } from "../stack.ts";

/** Operations that move, copy and drop elements, and OP_SIZE. */
export const STACK_OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [OP_TOALTSTACK, ({ stack, altStack }) => altStack.push(stack.pop())],
  [OP_FROMALTSTACK, ({ stack, altStack }) => stack.push(altStack.pop())],
  [OP_2DROP, ({ stack }) => stack.drop(2)],
  [OP_2DUP, ({ stack }) => copyGroup(stack, 2, 2)],
  [OP_3DUP, ({ stack }) => copyGroup(stack, 3, 3)],
  [OP_2OVER, ({ stack }) => copyGroup(stack, 4, 2)],
  [OP_2ROT, ({ stack }) => moveUp(stack, 6, 2)],
  [OP_2SWAP, ({ stack }) => moveUp(stack, 4, 2)],
  [OP_IFDUP, duplicateIfTrue],
  [OP_DEPTH, ({ stack }) => stack.push(writeScriptNumber(stack.size))],
  [OP_DROP, ({ stack }) => stack.drop(1)],
  [OP_DUP, ({ stack }) => stack.push(stack.peek())],
  [OP_NIP, ({ stack }) => stack.remove(1)],
  [OP_OVER, ({ stack }) => stack.push(stack.peek(1))],
  [OP_PICK, (machine) => machine.stack.push(machine.stack.peek(popDepth(machine)))],
  [OP_ROLL, (machine) => machine.stack.push(machine.stack.remove(popDepth(machine)))],
  [OP_ROT, ({ stack }) => moveUp(stack, 3, 1)],
  [OP_SWAP, ({ stack }) => moveUp(stack, 2, 1)],
  [OP_TUCK, tuck],
  [OP_SIZE, ({ stack }) => stack.push(writeScriptNumber(stack.peek().length))],
]);

/** Copies the lowest `count` of the top `depth` elements to the top, in order. */
function copyGroup(stack: ScriptStack, depth: number, count: number): void {
  stack.need(depth);
  for (let i = 0; i < count; i++) stack.push(stack.peek(depth - 1));
}

/** Moves the lowest `count` of the top `depth` elements to the top, in order. */
function moveUp(stack: ScriptStack, depth: number, count: number): void {
  stack.need(depth);
  for (let i = 0; i < count; i++) stack.push(stack.remove(depth - 1));
}

function duplicateIfTrue({ stack }: Machine): void {
  const top = stack.peek();
  if (isTrue(top)) stack.push(top);
}

function tuck({ stack }: Machine): void {
  stack.need(2);
  stack.insert(2, stack.peek());
}

/** The argument of PICK and ROLL: which of the elements below it is meant. */
function popDepth(machine: Machine): number {
  machine.stack.need(2);
  const depth = machine.peekNumber(0);
  machine.stack.drop(1);
  demand(depth >= 0 && depth < machine.stack.size, "INVALID_STACK_OPERATION");
  return depth;
}
