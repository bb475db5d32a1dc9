import { Conditions } from "./conditions.ts";
import { hasFlag, SCRIPT_FLAGS, type ScriptFlags } from "./flags.ts";
import { MAX_OPS_PER_SCRIPT } from "./limits.ts";
import { demand } from "./script-error.ts";
import { readScriptNumber } from "./script-number.ts";
import type { SignatureChecker, SignatureVersion } from "./signature-checker.ts";
import { ScriptStack } from "./stack.ts";

/** What a script runs in; the stack may already hold what an earlier script or a witness left. */
export interface MachineSetup {
  readonly script: Uint8Array;
  readonly stack: ScriptStack;
  readonly flags: ScriptFlags;
  readonly version: SignatureVersion;
  readonly checker: SignatureChecker;
}

/** The state of one running script. */
export class Machine {
  readonly script: Uint8Array;
  readonly stack: ScriptStack;
  readonly altStack: ScriptStack = new ScriptStack([], "INVALID_ALTSTACK_OPERATION");
  readonly conditions: Conditions = new Conditions();
  readonly flags: ScriptFlags;
  readonly version: SignatureVersion;
  readonly checker: SignatureChecker;
  /** Where the next operation starts, in bytes. */
  position = 0;
  /** Signatures cover the script from here on: past the last OP_CODESEPARATOR that ran. */
  signedFrom = 0;
  #opCount = 0;

  constructor(setup: MachineSetup) {
    this.script = setup.script;
    this.stack = setup.stack;
    this.flags = setup.flags;
    this.version = setup.version;
    this.checker = setup.checker;
  }

  has(flag: ScriptFlags): boolean {
    return hasFlag(this.flags, flag);
  }

  /** Counts operations towards the limit of a script. */
  countOps(count: number): void {
    this.#opCount += count;
    demand(this.#opCount <= MAX_OPS_PER_SCRIPT, "OP_COUNT");
  }

  /** The element `depth` below the top as a number, left in place. */
  peekNumber(depth: number, maxBytes?: number): number {
    return readScriptNumber(this.stack.peek(depth), this.has(SCRIPT_FLAGS.MINIMALDATA), maxBytes);
  }
}

/** What one opcode does. It gets its own value, so that opcodes that differ in one point can share a function. */
export type Operation = (machine: Machine, opcode: number) => void;
