/** Why a script failed, by the names that Bitcoin Core's script tests use (`SCRIPT_ERR_` left off). */
export type ScriptErrorName =
  | "EVAL_FALSE"
  | "OP_RETURN"
  | "SCRIPT_SIZE"
  | "PUSH_SIZE"
  | "OP_COUNT"
  | "STACK_SIZE"
  | "SIG_COUNT"
  | "PUBKEY_COUNT"
  | "VERIFY"
  | "EQUALVERIFY"
  | "CHECKMULTISIGVERIFY"
  | "CHECKSIGVERIFY"
  | "NUMEQUALVERIFY"
  | "BAD_OPCODE"
  | "DISABLED_OPCODE"
  | "INVALID_STACK_OPERATION"
  | "INVALID_ALTSTACK_OPERATION"
  | "UNBALANCED_CONDITIONAL"
  | "NEGATIVE_LOCKTIME"
  | "UNSATISFIED_LOCKTIME"
  | "SCRIPTNUM"
  | "SIG_HASHTYPE"
  | "SIG_DER"
  | "MINIMALDATA"
  | "SIG_PUSHONLY"
  | "SIG_HIGH_S"
  | "SIG_NULLDUMMY"
  | "PUBKEYTYPE"
  | "CLEANSTACK"
  | "MINIMALIF"
  | "NULLFAIL"
  | "DISCOURAGE_UPGRADABLE_NOPS"
  | "DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM"
  | "WITNESS_PROGRAM_WRONG_LENGTH"
  | "WITNESS_PROGRAM_WITNESS_EMPTY"
  | "WITNESS_PROGRAM_MISMATCH"
  | "WITNESS_MALLEATED"
  | "WITNESS_MALLEATED_P2SH"
  | "WITNESS_UNEXPECTED"
  | "WITNESS_PUBKEYTYPE"
  | "DISCOURAGE_UPGRADABLE_TAPROOT_VERSION"
  | "DISCOURAGE_OP_SUCCESS"
  | "DISCOURAGE_UPGRADABLE_PUBKEYTYPE"
  | "SCHNORR_SIG_SIZE"
  | "SCHNORR_SIG_HASHTYPE"
  | "SCHNORR_SIG"
  | "TAPROOT_WRONG_CONTROL_SIZE"
  | "TAPSCRIPT_VALIDATION_WEIGHT"
  | "TAPSCRIPT_CHECKMULTISIG"
  | "TAPSCRIPT_MINIMALIF"
  | "TAPSCRIPT_EMPTY_PUBKEY"
  | "OP_CODESEPARATOR"
  | "SIG_FINDANDDELETE";

/** Stops a script. Thrown and caught inside this folder only: {@link verifyScript} turns it into its name. */
export class ScriptFailure extends Error {
  override readonly name = "ScriptFailure";
  readonly error: ScriptErrorName;

  constructor(error: ScriptErrorName) {
    super(error);
    this.error = error;
  }
}

/** Throws {@link ScriptFailure} with `error` unless `condition` holds. */
export function demand(condition: boolean, error: ScriptErrorName): asserts condition {
  if (!condition) throw new ScriptFailure(error);
}
