import { ByteWriter, compactSizeLength } from "@forkyard/core/bytes/writer";
import { sha256 } from "@forkyard/core/hash";
import { hasFlag, SCRIPT_FLAGS, type ScriptFlags } from "./flags.ts";
import { demand } from "./script-error.ts";
import type { SignatureChecker } from "./signature-checker.ts";
import { leafHash, readControlBlock, rootOf, taprootTweak } from "./taproot-commitment.ts";
import { runTapscript } from "./tapscript.ts";

/** Length of the witness program that BIP341 gives a meaning; version 1 with other lengths stays open to later forks. */
export const TAPROOT_PROGRAM_BYTES = 32;
export const TAPROOT_VERSION = 1;

/** First byte of an annex, the last of several witness elements: reserved for later forks, covered by signatures. */
const ANNEX_TAG = 0x50;
const TAPSCRIPT_LEAF_VERSION = 0xc0;
/** BIP342: added to the size of an input's witness to give the weight that its signatures may use up. */
const VALIDATION_WEIGHT_OFFSET = 50;

/**
 * A spend of a taproot output (BIP341): by a signature for the output key, or by a script that the key commits to.
 * @param outputKey the witness program
 * @param witness bottom first
 * @throws ScriptFailure
 */
export function verifyTaproot(
  outputKey: Uint8Array,
  witness: readonly Uint8Array[],
  flags: ScriptFlags,
  checker: SignatureChecker,
): void {
  demand(witness.length > 0, "WITNESS_PROGRAM_WITNESS_EMPTY");
  const annex = annexOf(witness);
  const elements = annex === undefined ? witness : witness.slice(0, -1);
  const context = annex === undefined ? {} : { annexHash: hashAnnex(annex) };
  if (elements.length === 1) {
    checker.checkSchnorr(elements[0] as Uint8Array, outputKey, context);
    return;
  }
  const script = elements.at(-2) as Uint8Array;
  const control = readControlBlock(elements.at(-1) as Uint8Array);
  const leaf = leafHash(control.leafVersion, script);
  const tweak = taprootTweak(control.internalKey, rootOf(leaf, control.path));
  demand(checker.isTweaked(outputKey, control.outputParity, control.internalKey, tweak), "WITNESS_PROGRAM_MISMATCH");
  if (control.leafVersion === TAPSCRIPT_LEAF_VERSION) {
    const validationWeight = witnessSize(witness) + VALIDATION_WEIGHT_OFFSET;
    runTapscript(
      { script, items: elements.slice(0, -2), leaf: { ...context, hash: leaf, validationWeight } },
      flags,
      checker,
    );
    return;
  }
  demand(!hasFlag(flags, SCRIPT_FLAGS.DISCOURAGE_UPGRADABLE_TAPROOT_VERSION), "DISCOURAGE_UPGRADABLE_TAPROOT_VERSION");
}

/** The annex: the last of at least two elements when it begins with 0x50. */
function annexOf(witness: readonly Uint8Array[]): Uint8Array | undefined {
  const last = witness.at(-1);
  return witness.length >= 2 && last?.[0] === ANNEX_TAG ? last : undefined;
}

function hashAnnex(annex: Uint8Array): Uint8Array {
  return sha256(new ByteWriter(annex.length + 10).varBytes(annex).finish());
}

/** Bytes of a serialized witness, annex and all. */
function witnessSize(witness: readonly Uint8Array[]): number {
  return witness.reduce(
    (size, { length }) => size + compactSizeLength(length) + length,
    compactSizeLength(witness.length),
  );
}
