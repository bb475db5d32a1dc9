import { toHex } from "@forkyard/core/bytes/bytes";
import { witnessProgram } from "@forkyard/core/script/templates";
import type { JsonObject } from "../json/json.ts";
import { scriptTypeName } from "./script-json.ts";

/** What an output script says of its address, in the words of `validateaddress` and `getaddressinfo`. */
export function addressJson(script: Uint8Array): JsonObject {
  const witness = witnessProgram(script);
  const type = scriptTypeName(script);
  return {
    scriptPubKey: toHex(script),
    isscript: type === "scripthash" || type === "witness_v0_scripthash" || type === "witness_v1_taproot",
    iswitness: witness !== undefined,
    witness_version: witness?.version,
    witness_program: witness === undefined ? undefined : toHex(witness.program),
  };
}
