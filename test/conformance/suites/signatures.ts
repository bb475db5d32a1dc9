import assert from "node:assert/strict";
import { CURVE_CANDIDATES } from "@forkyard/consensus/curve/select-curve";
import { hasHighS, isStrictDer, parseLaxDer } from "@forkyard/consensus/rules/script/encoding/der";
import { checkSignatureEncoding } from "@forkyard/consensus/rules/script/encoding/signature";
import { SCRIPT_FLAGS } from "@forkyard/consensus/rules/script/flags";
import { ScriptFailure } from "@forkyard/consensus/rules/script/script-error";
import { readScriptNumber, writeScriptNumber } from "@forkyard/consensus/rules/script/script-number";
import { bip143Preimage, bip143Sighash } from "@forkyard/consensus/rules/script/sighash/bip143";
import { legacySighash } from "@forkyard/consensus/rules/script/sighash/legacy";
import { concatBytes, fromHex, isHex, toHex, toReversedHex } from "@forkyard/core/bytes/bytes";
import { sha256 } from "@forkyard/core/hash";
import type { Curve } from "@forkyard/core/ports/curve";
import { Transaction } from "@forkyard/core/tx";
import type { Case, Suite, VectorFile } from "../support/suite.ts";

const SIGHASH_ALL_BYTE = Uint8Array.of(1);
const curves: readonly Curve[] = CURVE_CANDIDATES.map(({ load }) => load());

export const legacySighashes: Suite = { files: /^script\/sighash\.json$/, cases: legacyCases };
export const segwitSighashes: Suite = { files: /^script\/bip143-sighash\.json$/, cases: segwitCases };
export const schnorrSignatures: Suite = { files: /^script\/bip340-schnorr\.csv$/, cases: schnorrCases };
export const ecdsaSignatures: Suite = { files: /^script\/wycheproof-ecdsa-.*\.json$/, cases: ecdsaCases };
export const canonicalSignatures: Suite = {
  files: /^script\/der_sig_canonical\.json$/,
  cases: (file) => encodingCases(file, true),
};
export const otherSignatures: Suite = {
  files: /^script\/der_sig_noncanonical\.json$/,
  cases: (file) => encodingCases(file, false),
};
export const scriptNumbers: Suite = { files: /^script\/script_number\.json$/, cases: numberCases };

type LegacyRow = readonly [raw: string, script: string, inputIndex: number, hashType: number, hash: string];

function* legacyCases(file: VectorFile): Iterable<Case> {
  for (const [index, row] of file.json<readonly (LegacyRow | readonly [string])[]>().entries()) {
    if (row.length === 1) continue;
    const [raw, script, inputIndex, hashType, hash] = row;
    yield {
      name: `#${index} input ${inputIndex}, hash type ${hashType}`,
      check: () => {
        const tx = Transaction.fromBytes(fromHex(raw));
        assert.equal(toReversedHex(legacySighash(tx, inputIndex, fromHex(script), hashType)), hash);
      },
    };
  }
}

interface Bip143Vectors {
  readonly sighash?: readonly {
    readonly section: string;
    readonly unsigned_tx: string;
    readonly input_index: number;
    readonly script_code: string;
    readonly amount: number;
    readonly hash_type: number;
    readonly preimage: string;
    readonly sighash: string;
    readonly pubkey?: string;
    readonly signature?: string;
  }[];
  readonly signed?: readonly { readonly signed_tx: string; readonly txid: string; readonly wtxid: string }[];
}

function* segwitCases(file: VectorFile): Iterable<Case> {
  const { sighash = [], signed = [] } = file.json<Bip143Vectors>();
  for (const one of sighash) {
    yield {
      name: `${one.section}, input ${one.input_index}, hash type ${one.hash_type}`,
      check: () => {
        const tx = Transaction.fromBytes(fromHex(one.unsigned_tx));
        const script = fromHex(one.script_code);
        const amount = BigInt(one.amount);
        assert.equal(toHex(bip143Preimage(tx, one.input_index, script, amount, one.hash_type)), one.preimage);
        const digest = bip143Sighash(tx, one.input_index, script, amount, one.hash_type);
        assert.equal(toHex(digest), one.sighash);
        if (one.pubkey === undefined || one.signature === undefined) return;
        const scalars = parseLaxDer(fromHex(one.signature).subarray(0, -1)) as Uint8Array;
        for (const curve of curves) assert.ok(curve.verifyEcdsa(scalars, digest, fromHex(one.pubkey)), curve.name);
      },
    };
  }
  for (const { signed_tx: raw, txid, wtxid } of signed) {
    yield {
      name: `transaction ${txid}`,
      check: () => {
        const tx = Transaction.fromBytes(fromHex(raw));
        assert.deepEqual(
          [tx.txid as string, tx.wtxid as string, toHex(new Transaction(tx).encode())],
          [txid, wtxid, raw],
        );
      },
    };
  }
}

function* schnorrCases(file: VectorFile): Iterable<Case> {
  for (const line of file.text().trim().split(/\r?\n/).slice(1)) {
    const [index, , publicKey = "", , message = "", signature = "", result, comment = ""] = line.split(",");
    yield {
      name: `#${index} ${comment}`,
      check: () => {
        for (const curve of curves) {
          const answer = curve.verifySchnorr(fromHex(signature), fromHex(message), fromHex(publicKey));
          assert.equal(answer, result === "TRUE", curve.name);
        }
      },
    };
  }
}

interface WycheproofVectors {
  readonly testGroups: readonly {
    readonly publicKey: { readonly uncompressed: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly comment: string;
      readonly msg: string;
      readonly sig: string;
      readonly result: string;
      readonly flags: readonly string[];
    }[];
  }[];
}

/** Strict DER and low S are demanded, by all engines alike. */
function* ecdsaCases(file: VectorFile): Iterable<Case> {
  for (const { publicKey, tests } of file.json<WycheproofVectors>().testGroups) {
    for (const { tcId, comment, msg, sig, result, flags } of tests) {
      yield {
        name: `#${tcId} ${comment}`,
        check: () => {
          const scalars = strictScalars(fromHex(sig));
          const digest = sha256(fromHex(msg));
          for (const curve of curves) {
            const signed = scalars !== undefined && curve.verifyEcdsa(scalars, digest, fromHex(publicKey.uncompressed));
            assert.equal(signed && !hasHighS(scalars), result === "valid", curve.name);
            // Without the rule of low S, which is policy, the mirrored signature is as good as the first.
            if (flags.includes("SignatureMalleabilityBitcoin")) assert.ok(signed, curve.name);
          }
        },
      };
    }
  }
}

function* encodingCases(file: VectorFile, accepted: boolean): Iterable<Case> {
  for (const hex of file.json<readonly string[]>().filter(isHex)) {
    yield { name: hex.slice(0, 80), check: () => assert.equal(isCanonical(fromHex(hex)), accepted) };
  }
}

interface NumberRow {
  readonly hex: string;
  readonly number: number;
  readonly bytes?: number;
}

function* numberCases(file: VectorFile): Iterable<Case> {
  for (const { hex, number, bytes } of file.json<readonly NumberRow[]>()) {
    yield {
      name: `${number}`,
      check: () => {
        assert.equal(readScriptNumber(fromHex(hex), true, bytes), number);
        assert.equal(toHex(writeScriptNumber(number)), hex);
      },
    };
  }
}

function strictScalars(der: Uint8Array): Uint8Array | undefined {
  return isStrictDer(concatBytes(der, SIGHASH_ALL_BYTE)) ? parseLaxDer(der) : undefined;
}

/** As the STRICTENC rule sees it. */
function isCanonical(signature: Uint8Array): boolean {
  try {
    checkSignatureEncoding(signature, SCRIPT_FLAGS.STRICTENC);
    return true;
  } catch (error) {
    assert.ok(error instanceof ScriptFailure);
    return false;
  }
}
