import { toHex } from "@forkyard/core/bytes/bytes";
import { buildScript } from "@forkyard/core/script/codec";
import { NO_SCRIPT_FLAGS, type ScriptFlags } from "../rules/script/flags.ts";
import { runScript } from "../rules/script/interpreter.ts";
import type { TapscriptLeaf } from "../rules/script/machine.ts";
import { type ScriptErrorName, ScriptFailure } from "../rules/script/script-error.ts";
import type { SignatureChecker, SignatureVersion } from "../rules/script/signature-checker.ts";
import { ScriptStack } from "../rules/script/stack.ts";

/** How a script ended, and what was on the stack then: hex, bottom first. */
export interface ScriptRun {
  readonly error: ScriptErrorName | "OK";
  readonly stack: readonly string[];
}

export interface RunOptions {
  readonly flags?: ScriptFlags;
  readonly version?: SignatureVersion;
  readonly checker?: SignatureChecker;
  /** Of a tapscript. */
  readonly leaf?: TapscriptLeaf;
}

const ANY_LEAF: TapscriptLeaf = { hash: new Uint8Array(32), validationWeight: 1_000 };

/** A signature fits the key whose last byte is its own last but one; the very last is the hash type. */
export const MATCHING_CHECKER: SignatureChecker = {
  checkEcdsa: (signature, publicKey) => signature.length > 0 && signature.at(-2) === publicKey.at(-1),
  checkSchnorr: (signature, publicKey) => {
    if (signature.at(-1) !== publicKey.at(-1)) throw new ScriptFailure("SCHNORR_SIG");
  },
  isTweaked: () => true,
  checkLockTime: () => false,
  checkSequence: () => false,
};

/** Runs one script, given as opcodes and pushes, on an empty stack. */
export function runParts(parts: readonly (number | Uint8Array)[], options: RunOptions = {}): ScriptRun {
  return runBytes(buildScript(parts), options);
}

export function runBytes(script: Uint8Array, options: RunOptions = {}): ScriptRun {
  const { flags = NO_SCRIPT_FLAGS, version = "base", checker = MATCHING_CHECKER } = options;
  const stack = new ScriptStack();
  const shown = (): string[] => stack.elements.map(toHex);
  try {
    const leaf = version === "tapscript" ? { leaf: options.leaf ?? ANY_LEAF } : {};
    runScript({ script, stack, flags, version, checker, ...leaf });
    return { error: "OK", stack: shown() };
  } catch (failure) {
    if (!(failure instanceof ScriptFailure)) throw failure;
    return { error: failure.error, stack: shown() };
  }
}

/** One-byte elements. */
export function bytes(...values: readonly number[]): Uint8Array[] {
  return values.map((value) => Uint8Array.of(value));
}
