import { readOp } from "@forkyard/core/script/codec";
import { hasFlag, SCRIPT_FLAGS, type ScriptFlags } from "./flags.ts";
import { runScript } from "./interpreter.ts";
import { MAX_STACK_ELEMENTS } from "./limits.ts";
import type { TapscriptLeaf } from "./machine.ts";
import { demand } from "./script-error.ts";
import type { SignatureChecker } from "./signature-checker.ts";
import { ScriptStack } from "./stack.ts";
import { demandElementSizes, demandOneTrue } from "./witness-stack.ts";

/** A script leaf of version 0xc0 and what the witness brings to it. */
export interface TapscriptRun {
  readonly script: Uint8Array;
  /** Bottom first. */
  readonly items: readonly Uint8Array[];
  readonly leaf: TapscriptLeaf;
}

/**
 * Runs a script under BIP342. A single OP_SUCCESSx anywhere makes it succeed before any other rule is looked at, even
 * those about sizes: later forks can then give such opcodes any meaning.
 * @throws ScriptFailure
 */
export function runTapscript(
  { script, items, leaf }: TapscriptRun,
  flags: ScriptFlags,
  checker: SignatureChecker,
): void {
  if (hasSuccessOpcode(script)) {
    demand(!hasFlag(flags, SCRIPT_FLAGS.DISCOURAGE_OP_SUCCESS), "DISCOURAGE_OP_SUCCESS");
    return;
  }
  demand(items.length <= MAX_STACK_ELEMENTS, "STACK_SIZE");
  demandElementSizes(items);
  const stack = new ScriptStack(items);
  runScript({ script, stack, flags, version: "tapscript", checker, leaf });
  demandOneTrue(stack);
}

/** True when an OP_SUCCESSx stands before anything that cannot be read. @throws ScriptFailure BAD_OPCODE */
function hasSuccessOpcode(script: Uint8Array): boolean {
  let offset = 0;
  while (offset < script.length) {
    const op = readOp(script, offset);
    demand(op !== "bad-push", "BAD_OPCODE");
    if (isSuccessOpcode(op.opcode)) return true;
    offset = op.end;
  }
  return false;
}

/** First and last of each range of opcodes that BIP342 turns into OP_SUCCESSx. */
const SUCCESS_RANGES: readonly (readonly [first: number, last: number])[] = [
  [80, 80],
  [98, 98],
  [126, 129],
  [131, 134],
  [137, 138],
  [141, 142],
  [149, 153],
  [187, 254],
];

const SUCCESS_OPCODES: ReadonlySet<number> = new Set(
  SUCCESS_RANGES.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index)),
);

/** BIP342: opcodes whose presence makes a tapscript succeed. */
export function isSuccessOpcode(opcode: number): boolean {
  return SUCCESS_OPCODES.has(opcode);
}
