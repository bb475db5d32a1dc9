import { ScriptFailure } from "./script-error.ts";

/** Length of the witness program that BIP341 gives a meaning; version 1 with other lengths stays open to later forks. */
export const TAPROOT_PROGRAM_BYTES = 32;
export const TAPROOT_VERSION = 1;

/**
 * A spend of a taproot output (BIP341, BIP342): not built yet, so every one is refused by name rather than let through.
 * @throws ScriptFailure always
 */
export function verifyTaproot(): never {
  throw new ScriptFailure("UNSUPPORTED_TAPROOT");
}
