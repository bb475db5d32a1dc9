import { InputError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";

/** A set of script rules that are switched on: the bitwise or of values of {@link SCRIPT_FLAGS}. */
export type ScriptFlags = number;

/** Name of a script rule, as in Bitcoin Core's tests (`SCRIPT_VERIFY_` left off). */
export type ScriptFlagName =
  | "P2SH"
  | "STRICTENC"
  | "DERSIG"
  | "LOW_S"
  | "NULLDUMMY"
  | "SIGPUSHONLY"
  | "MINIMALDATA"
  | "DISCOURAGE_UPGRADABLE_NOPS"
  | "CLEANSTACK"
  | "CHECKLOCKTIMEVERIFY"
  | "CHECKSEQUENCEVERIFY"
  | "WITNESS"
  | "DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM"
  | "MINIMALIF"
  | "NULLFAIL"
  | "WITNESS_PUBKEYTYPE"
  | "CONST_SCRIPTCODE"
  | "TAPROOT"
  | "DISCOURAGE_UPGRADABLE_TAPROOT_VERSION"
  | "DISCOURAGE_OP_SUCCESS"
  | "DISCOURAGE_UPGRADABLE_PUBKEYTYPE";

/** Every script rule. The bits are for this process only, not for disk or wire. */
export const SCRIPT_FLAGS: Readonly<Record<ScriptFlagName, ScriptFlags>> = {
  /** BIP16: the redeem script of a pay-to-script-hash output is run. */
  P2SH: 1 << 0,
  /** Signatures and public keys must be well formed (policy; its DER half is {@link SCRIPT_FLAGS.DERSIG}). */
  STRICTENC: 1 << 1,
  /** BIP66: signatures are strict DER. */
  DERSIG: 1 << 2,
  /** BIP62 rule 5: S is at most half the group order. */
  LOW_S: 1 << 3,
  /** BIP147: the extra element that CHECKMULTISIG takes is empty. */
  NULLDUMMY: 1 << 4,
  /** BIP62 rule 2: scriptSig only pushes. */
  SIGPUSHONLY: 1 << 5,
  /** BIP62 rules 3 and 4: pushes and numbers in their shortest form. */
  MINIMALDATA: 1 << 6,
  /** NOPs kept for later soft forks are refused. */
  DISCOURAGE_UPGRADABLE_NOPS: 1 << 7,
  /** BIP62 rule 6: one element is left at the end. Needs P2SH and WITNESS. */
  CLEANSTACK: 1 << 8,
  /** BIP65. */
  CHECKLOCKTIMEVERIFY: 1 << 9,
  /** BIP112. */
  CHECKSEQUENCEVERIFY: 1 << 10,
  /** BIP141. Needs P2SH. */
  WITNESS: 1 << 11,
  /** Witness versions without a meaning are refused. */
  DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM: 1 << 12,
  /** Segwit version 0: the argument of IF and NOTIF is empty or exactly 1. */
  MINIMALIF: 1 << 13,
  /** BIP146: a signature that fails must be empty. */
  NULLFAIL: 1 << 14,
  /** Segwit version 0: public keys are compressed. */
  WITNESS_PUBKEYTYPE: 1 << 15,
  /** OP_CODESEPARATOR and FindAndDelete hits are refused outside segwit. */
  CONST_SCRIPTCODE: 1 << 16,
  /** BIP341 and BIP342. */
  TAPROOT: 1 << 17,
  /** Leaf versions without a meaning are refused. */
  DISCOURAGE_UPGRADABLE_TAPROOT_VERSION: 1 << 18,
  /** OP_SUCCESSx is refused. */
  DISCOURAGE_OP_SUCCESS: 1 << 19,
  /** Tapscript public keys of unknown length are refused. */
  DISCOURAGE_UPGRADABLE_PUBKEYTYPE: 1 << 20,
};

export const NO_SCRIPT_FLAGS: ScriptFlags = 0;

/** What a new block's scripts must obey today (Bitcoin Core `MANDATORY_SCRIPT_VERIFY_FLAGS`). */
export const MANDATORY_SCRIPT_FLAGS: ScriptFlags =
  SCRIPT_FLAGS.P2SH |
  SCRIPT_FLAGS.DERSIG |
  SCRIPT_FLAGS.NULLDUMMY |
  SCRIPT_FLAGS.CHECKLOCKTIMEVERIFY |
  SCRIPT_FLAGS.CHECKSEQUENCEVERIFY |
  SCRIPT_FLAGS.WITNESS |
  SCRIPT_FLAGS.TAPROOT;

/** What the mempool asks of scripts (Bitcoin Core `STANDARD_SCRIPT_VERIFY_FLAGS`). */
export const STANDARD_SCRIPT_FLAGS: ScriptFlags =
  MANDATORY_SCRIPT_FLAGS |
  SCRIPT_FLAGS.STRICTENC |
  SCRIPT_FLAGS.MINIMALDATA |
  SCRIPT_FLAGS.DISCOURAGE_UPGRADABLE_NOPS |
  SCRIPT_FLAGS.CLEANSTACK |
  SCRIPT_FLAGS.MINIMALIF |
  SCRIPT_FLAGS.NULLFAIL |
  SCRIPT_FLAGS.LOW_S |
  SCRIPT_FLAGS.DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM |
  SCRIPT_FLAGS.WITNESS_PUBKEYTYPE |
  SCRIPT_FLAGS.CONST_SCRIPTCODE |
  SCRIPT_FLAGS.DISCOURAGE_UPGRADABLE_TAPROOT_VERSION |
  SCRIPT_FLAGS.DISCOURAGE_OP_SUCCESS |
  SCRIPT_FLAGS.DISCOURAGE_UPGRADABLE_PUBKEYTYPE;

/** Every rule there is. */
export const ALL_SCRIPT_FLAGS: ScriptFlags = Object.values(SCRIPT_FLAGS).reduce((all, flag) => all | flag, 0);

/** True when `flag` is in the set. */
export function hasFlag(flags: ScriptFlags, flag: ScriptFlags): boolean {
  return (flags & flag) !== 0;
}

/** True when a rule has this name. */
export function isScriptFlagName(name: string): name is ScriptFlagName {
  return Object.hasOwn(SCRIPT_FLAGS, name);
}

/** The set with these names. @throws InputError for a name that no rule has. */
export function scriptFlagsOf(names: readonly string[]): ScriptFlags {
  return names.reduce((flags, name) => {
    if (!isScriptFlagName(name))
      throw new InputError(`"${name}" is not a script rule: use names such as P2SH or WITNESS`);
    return flags | SCRIPT_FLAGS[name];
  }, NO_SCRIPT_FLAGS);
}

/** Reads a comma-separated list ("P2SH,WITNESS"); "" and "NONE" are the empty set. @throws InputError */
export function parseScriptFlags(text: string): ScriptFlags {
  return text === "" || text === "NONE" ? NO_SCRIPT_FLAGS : scriptFlagsOf(text.split(","));
}

/** Names in the set, in the order of {@link SCRIPT_FLAGS}, separated by commas; "NONE" for the empty set. */
export function formatScriptFlags(flags: ScriptFlags): string {
  const names = Object.entries(SCRIPT_FLAGS).filter(([, flag]) => hasFlag(flags, flag));
  return names.length === 0 ? "NONE" : names.map(([name]) => name).join(",");
}

/**
 * Rules for the scripts of the block with this hash and height (Bitcoin Core `GetBlockScriptFlags`): P2SH, WITNESS and
 * TAPROOT hold for all blocks but the network's listed exceptions, as no other block breaks them; the rest hold from
 * the heights at which they came into force.
 */
export function flagsForBlock(hash: BlockHash, height: number, params: NetworkParams): ScriptFlags {
  const exception = params.scriptFlagExceptions.get(hash);
  const { activation } = params;
  let flags =
    exception === undefined
      ? SCRIPT_FLAGS.P2SH | SCRIPT_FLAGS.WITNESS | SCRIPT_FLAGS.TAPROOT
      : scriptFlagsOf(exception);
  if (height >= activation.bip66) flags |= SCRIPT_FLAGS.DERSIG;
  if (height >= activation.bip65) flags |= SCRIPT_FLAGS.CHECKLOCKTIMEVERIFY;
  if (height >= activation.csv) flags |= SCRIPT_FLAGS.CHECKSEQUENCEVERIFY;
  if (height >= activation.segwit) flags |= SCRIPT_FLAGS.NULLDUMMY;
  return flags;
}
