import assert from "node:assert/strict";
import { test } from "node:test";
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
import { describeVectors } from "@forkyard/core/testing/vectors";
import { Transaction } from "@forkyard/core/tx";

const SIGHASH_ALL_BYTE = Uint8Array.of(1);

describeVectors("signature hashes", (vectors) => {
  test("legacy: sighash.json", (t) => {
    type Row = readonly [raw: string, script: string, inputIndex: number, hashType: number, hash: string];
    const rows = vectors.json<readonly (Row | readonly [string])[]>("script/sighash.json");
    const cases = rows.filter((row): row is Row => row.length === 5);
    const wrong = cases.filter(([raw, script, inputIndex, hashType, hash]) => {
      const tx = Transaction.fromBytes(fromHex(raw));
      return toReversedHex(legacySighash(tx, inputIndex, fromHex(script), hashType)) !== hash;
    });
    assert.deepEqual(wrong, []);
    assert.ok(cases.length >= 400);
    t.diagnostic(`${cases.length} passed, 0 failed`);
  });

  interface Bip143 {
    readonly sighash: readonly {
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
  }

  test("segwit: bip143-sighash.json", (t) => {
    const { sighash } = vectors.json<Bip143>("script/bip143-sighash.json");
    let signatures = 0;
    for (const one of sighash) {
      const tx = Transaction.fromBytes(fromHex(one.unsigned_tx));
      const script = fromHex(one.script_code);
      const amount = BigInt(one.amount);
      const preimage = bip143Preimage(tx, one.input_index, script, amount, one.hash_type);
      const digest = bip143Sighash(tx, one.input_index, script, amount, one.hash_type);
      assert.equal(toHex(preimage), one.preimage, one.section);
      assert.equal(toHex(digest), one.sighash, one.section);
      if (one.pubkey === undefined || one.signature === undefined) continue;
      const scalars = parseLaxDer(fromHex(one.signature).subarray(0, -1));
      assert.ok(scalars !== undefined);
      for (const curve of loadCurves()) assert.ok(curve.verifyEcdsa(scalars, digest, fromHex(one.pubkey)), one.section);
      signatures++;
    }
    assert.ok(sighash.length > 8 && signatures > 4);
    t.diagnostic(`${sighash.length} hashes, ${signatures} signatures passed`);
  });
});

describeVectors("encodings of signatures and numbers", (vectors) => {
  test("der_sig_canonical.json is accepted, der_sig_noncanonical.json refused", (t) => {
    const canonical = vectors.json<readonly string[]>("script/der_sig_canonical.json");
    const others = vectors.json<readonly string[]>("script/der_sig_noncanonical.json").filter(isHex);
    for (const hex of canonical) assert.ok(isCanonical(fromHex(hex)), hex);
    for (const hex of others) assert.ok(!isCanonical(fromHex(hex)), hex);
    t.diagnostic(`${canonical.length} accepted, ${others.length} refused`);
  });

  test("script_number.json, both ways", (t) => {
    type Row = { readonly hex: string; readonly number: number; readonly bytes?: number };
    const rows = vectors.json<readonly Row[]>("script/script_number.json");
    for (const { hex, number, bytes } of rows) {
      assert.equal(readScriptNumber(fromHex(hex), true, bytes), number, hex);
      assert.equal(toHex(writeScriptNumber(number)), hex);
    }
    t.diagnostic(`${rows.length} passed`);
  });
});

describeVectors("wycheproof-ecdsa-secp256k1-sha256-bitcoin.json", (vectors) => {
  interface Group {
    readonly publicKey: { readonly uncompressed: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly comment: string;
      readonly msg: string;
      readonly sig: string;
      readonly result: "valid" | "invalid";
      readonly flags: readonly string[];
    }[];
  }
  const { testGroups } = vectors.json<{ readonly testGroups: readonly Group[] }>(
    "script/wycheproof-ecdsa-secp256k1-sha256-bitcoin.json",
  );

  for (const curve of loadCurves()) {
    test(`${curve.name}: strict DER and low S demanded`, (t) => {
      let count = 0;
      for (const { publicKey, tests } of testGroups) {
        for (const { tcId, comment, msg, sig, result, flags } of tests) {
          const scalars = strictScalars(fromHex(sig));
          const signed =
            scalars !== undefined && curve.verifyEcdsa(scalars, sha256(fromHex(msg)), fromHex(publicKey.uncompressed));
          const valid = signed && !hasHighS(scalars);
          assert.equal(valid, result === "valid", `${tcId} ${comment}`);
          // Without the rule of low S, which is policy, the mirrored signature is as good as the first.
          if (flags.includes("SignatureMalleabilityBitcoin")) assert.ok(signed, `${tcId} ${comment}`);
          count++;
        }
      }
      assert.ok(count > 300);
      t.diagnostic(`${count} passed`);
    });
  }
});

function strictScalars(der: Uint8Array): Uint8Array | undefined {
  return isStrictDer(concatBytes(der, SIGHASH_ALL_BYTE)) ? parseLaxDer(der) : undefined;
}

function loadCurves(): Curve[] {
  return CURVE_CANDIDATES.map(({ load }) => load());
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
