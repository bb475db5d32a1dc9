import { assert } from "@forkyard/core/errors";
import { Conditions } from "./conditions.ts";
import { hasFlag, SCRIPT_FLAGS, type ScriptFlags } from "./flags.ts";
import { MAX_OPS_PER_SCRIPT, VALIDATION_WEIGHT_PER_SIGNATURE } from "./limits.ts";
import { demand } from "./script-error.ts";
import { readScriptNumber } from "./script-number.ts";
import type { SignatureChecker, SignatureVersion, TaprootContext } from "./signature-checker.ts";
import { ScriptStack } from "./stack.ts";

/** What a tapscript knows about the leaf that it is. */
export interface TapscriptLeaf {
  /** 32 bytes. */
  readonly hash: Uint8Array;
  readonly annexHash?: Uint8Array;
  /** BIP342: what the signatures of the input may use up. */
  readonly validationWeight: number;
}

/** No OP_CODESEPARATOR has run. */
const NO_CODE_SEPARATOR = 0xffffffff;

/** What a script runs in; the stack may already hold what an earlier script or a witness left. */
export interface MachineSetup {
  readonly script: Uint8Array;
  readonly stack: ScriptStack;
  readonly flags: ScriptFlags;
  readonly version: SignatureVersion;
  readonly checker: SignatureChecker;
  /** Present in a tapscript. */
  readonly leaf?: TapscriptLeaf;
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
  /** Index of the operation that runs, pushes and skipped ones counted. */
  operationIndex = 0;
  /** Operation index of the last OP_CODESEPARATOR that ran. */
  codeSeparatorPosition: number = NO_CODE_SEPARATOR;
  readonly #leaf: TapscriptLeaf | undefined;
  #weightLeft: number;
  #opCount = 0;

  constructor(setup: MachineSetup) {
    this.script = setup.script;
    this.stack = setup.stack;
    this.flags = setup.flags;
    this.version = setup.version;
    this.checker = setup.checker;
    this.#leaf = setup.leaf;
    this.#weightLeft = setup.leaf?.validationWeight ?? 0;
    assert((setup.leaf !== undefined) === (setup.version === "tapscript"), "a tapscript has a leaf, and only it");
  }

  has(flag: ScriptFlags): boolean {
    return hasFlag(this.flags, flag);
  }

  /** What a signature in this tapscript covers besides the transaction. */
  get taprootContext(): TaprootContext {
    assert(this.#leaf !== undefined, "only a tapscript checks Schnorr signatures");
    const { hash, annexHash } = this.#leaf;
    const leaf = { hash, codeSeparatorPosition: this.codeSeparatorPosition };
    return annexHash === undefined ? { leaf } : { leaf, annexHash };
  }

  /** BIP342: pays for checking one signature out of the witness's weight. @throws ScriptFailure */
  payForSignature(): void {
    this.#weightLeft -= VALIDATION_WEIGHT_PER_SIGNATURE;
    demand(this.#weightLeft >= 0, "TAPSCRIPT_VALIDATION_WEIGHT");
  }

  /** Counts operations towards the limit of a script, which tapscript does not have. @throws ScriptFailure */
  countOps(count: number): void {
    if (this.version === "tapscript") return;
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
