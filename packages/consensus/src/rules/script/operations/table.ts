import type { Operation } from "../machine.ts";
import { ARITHMETIC_OPERATIONS } from "./arithmetic.ts";
import { FLOW_OPERATIONS } from "./flow.ts";
import { HASH_OPERATIONS } from "./hashes.ts";
import { LOCK_TIME_OPERATIONS } from "./locktime.ts";
import { MULTISIG_OPERATIONS } from "./multisig.ts";
import { PUSH_NUMBER_OPERATIONS } from "./push-number.ts";
import { SIGNATURE_OPERATIONS } from "./signatures.ts";
import { STACK_OPERATIONS } from "./stack.ts";

const OPCODE_COUNT = 256;

const ALL: ReadonlyMap<number, Operation> = new Map([
  ...PUSH_NUMBER_OPERATIONS,
  ...FLOW_OPERATIONS,
  ...STACK_OPERATIONS,
  ...ARITHMETIC_OPERATIONS,
  ...HASH_OPERATIONS,
  ...SIGNATURE_OPERATIONS,
  ...MULTISIG_OPERATIONS,
  ...LOCK_TIME_OPERATIONS,
]);

/** What each opcode above the data pushes does, by its value; undefined where running it fails the script. */
export const OPERATIONS: readonly (Operation | undefined)[] = Array.from({ length: OPCODE_COUNT }, (_, opcode) =>
  ALL.get(opcode),
);
