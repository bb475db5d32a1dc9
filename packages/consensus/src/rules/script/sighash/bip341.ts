import { ByteWriter } from "@forkyard/core/bytes/writer";
import { assert } from "@forkyard/core/errors";
import { taggedHash } from "@forkyard/core/tagged-hash";
import { encodeOutput, type Transaction, type TxInput, type TxOutput } from "@forkyard/core/tx";
import type { TaprootContext } from "../signature-checker.ts";
import { isTaprootHashType, signedOutputs, signsOneInput } from "./hash-type.ts";
import { partsOf } from "./tx-parts.ts";

const EPOCH = 0;
/** BIP342: says that what is signed is a key of 32 bytes in tapscript. */
const KEY_VERSION = 0;
const ANNEX_PRESENT = 1;
const SCRIPT_PATH = 2;
/** The longest preimage without ANYONECANPAY; with it the spent output's script is inside, and the writer grows. */
const USUAL_BYTES = 256;

const sighash = taggedHash("TapSighash");

/**
 * What BIP341 hashes, in order, from the epoch on; BIP342 adds the leaf. Undefined where there is nothing to sign: for
 * an unknown hash type, and for SIGHASH_SINGLE without an output of the input's index.
 * @param spent the outputs that all inputs spend, in order
 */
export function bip341Preimage(
  tx: Transaction,
  inputIndex: number,
  spent: readonly TxOutput[],
  hashType: number,
  context: TaprootContext,
): Uint8Array | undefined {
  assert(spent.length === tx.inputs.length, "a taproot signature covers what all inputs spend");
  const covered = signedOutputs(hashType);
  if (!isTaprootHashType(hashType)) return undefined;
  if (covered === "single" && inputIndex >= tx.outputs.length) return undefined;
  const parts = partsOf(tx);
  const writer = new ByteWriter(USUAL_BYTES).u8(EPOCH).u8(hashType).i32(tx.version).u32(tx.lockTime);
  if (!signsOneInput(hashType)) {
    const { amounts, scripts } = parts.spentHashes(spent);
    writer.bytes(parts.prevoutsSha).bytes(amounts).bytes(scripts).bytes(parts.sequencesSha);
  }
  if (covered === "all") writer.bytes(parts.outputsSha);
  writer.u8((context.leaf === undefined ? 0 : SCRIPT_PATH) | (context.annexHash === undefined ? 0 : ANNEX_PRESENT));
  if (signsOneInput(hashType)) {
    writer.bytes(parts.outPoint(inputIndex));
    encodeOutput(writer, spent[inputIndex] as TxOutput);
    writer.u32((tx.inputs[inputIndex] as TxInput).sequence);
  } else writer.u32(inputIndex);
  if (context.annexHash !== undefined) writer.bytes(context.annexHash);
  if (covered === "single") writer.bytes(parts.outputSha(inputIndex));
  if (context.leaf !== undefined) {
    writer.bytes(context.leaf.hash).u8(KEY_VERSION).u32(context.leaf.codeSeparatorPosition);
  }
  return writer.finish();
}

/** The hash that a taproot signature signs: 32 bytes, or undefined as for {@link bip341Preimage}. */
export function bip341Sighash(
  tx: Transaction,
  inputIndex: number,
  spent: readonly TxOutput[],
  hashType: number,
  context: TaprootContext,
): Uint8Array | undefined {
  const preimage = bip341Preimage(tx, inputIndex, spent, hashType, context);
  if (preimage === undefined) return undefined;
  partsOf(tx).countHashed(preimage.length);
  return sighash(preimage);
}
