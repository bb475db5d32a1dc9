import { equalBytes } from "@forkyard/core/bytes/bytes";
import { sha256 } from "@forkyard/core/hash";
import { payToPublicKeyHash } from "@forkyard/core/script/templates";
import { hasFlag, SCRIPT_FLAGS, type ScriptFlags } from "./flags.ts";
import { runScript } from "./interpreter.ts";
import { demand, ScriptFailure } from "./script-error.ts";
import type { SignatureChecker } from "./signature-checker.ts";
import { ScriptStack } from "./stack.ts";
import { TAPROOT_PROGRAM_BYTES, TAPROOT_VERSION, verifyTaproot } from "./taproot.ts";
import { demandElementSizes, demandOneTrue } from "./witness-stack.ts";

const KEY_HASH_BYTES = 20;
const SCRIPT_HASH_BYTES = 32;
/** P2WPKH takes a signature and a key. */
const KEY_HASH_WITNESS_ITEMS = 2;
/** Pay to anchor: anyone may spend it, with no witness. */
const ANCHOR_PROGRAM: Uint8Array = Uint8Array.of(0x4e, 0x73);

/** An output that is a witness program, met with an input's witness. */
export interface WitnessSpend {
  readonly version: number;
  readonly program: Uint8Array;
  /** Bottom first. */
  readonly witness: readonly Uint8Array[];
  /** True when the program is the redeem script of a P2SH output; taproot is not for those. */
  readonly insideP2sh: boolean;
}

/** Checks a witness against its program (BIP141); programs without a meaning yet may be spent by anyone. @throws ScriptFailure */
export function verifyWitnessProgram(spend: WitnessSpend, flags: ScriptFlags, checker: SignatureChecker): void {
  const { version, program, insideP2sh } = spend;
  if (version === 0) {
    verifyVersion0(spend, flags, checker);
    return;
  }
  if (version === TAPROOT_VERSION && !insideP2sh) {
    if (program.length === TAPROOT_PROGRAM_BYTES) {
      if (hasFlag(flags, SCRIPT_FLAGS.TAPROOT)) verifyTaproot(program, spend.witness, flags, checker);
      return;
    }
    if (equalBytes(program, ANCHOR_PROGRAM)) return;
  }
  demand(!hasFlag(flags, SCRIPT_FLAGS.DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM), "DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM");
}

function verifyVersion0({ program, witness }: WitnessSpend, flags: ScriptFlags, checker: SignatureChecker): void {
  if (program.length === SCRIPT_HASH_BYTES) {
    const script = witness.at(-1);
    demand(script !== undefined, "WITNESS_PROGRAM_WITNESS_EMPTY");
    demand(equalBytes(sha256(script), program), "WITNESS_PROGRAM_MISMATCH");
    runWitnessScript(script, witness.slice(0, -1), flags, checker);
    return;
  }
  if (program.length !== KEY_HASH_BYTES) throw new ScriptFailure("WITNESS_PROGRAM_WRONG_LENGTH");
  demand(witness.length === KEY_HASH_WITNESS_ITEMS, "WITNESS_PROGRAM_MISMATCH");
  runWitnessScript(payToPublicKeyHash(program), witness, flags, checker);
}

/** Runs the script on the witness; exactly one true element must be left. */
function runWitnessScript(
  script: Uint8Array,
  items: readonly Uint8Array[],
  flags: ScriptFlags,
  checker: SignatureChecker,
): void {
  demandElementSizes(items);
  const stack = new ScriptStack(items);
  runScript({ script, stack, flags, version: "witness-v0", checker });
  demandOneTrue(stack);
}
