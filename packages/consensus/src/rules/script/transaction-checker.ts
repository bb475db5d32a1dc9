import { equalBytes } from "@forkyard/core/bytes/bytes";
import { assert } from "@forkyard/core/errors";
import type { Curve } from "@forkyard/core/ports/curve";
import type { Transaction, TxInput, TxOutput } from "@forkyard/core/tx";
import { parseLaxDer } from "./encoding/der.ts";
import { isPublicKeyShaped } from "./encoding/public-key.ts";
import { MAX_LEGACY_SIGHASHES_PER_INPUT } from "./limits.ts";
import { lockTimeReached, sequenceReached } from "./lock-time-check.ts";
import { demand } from "./script-error.ts";
import { bip143Sighash } from "./sighash/bip143.ts";
import { bip341Sighash } from "./sighash/bip341.ts";
import { SIGHASH_DEFAULT } from "./sighash/hash-type.ts";
import { legacySighash, maxLegacySighashBytes } from "./sighash/legacy.ts";
import { partsOf } from "./sighash/tx-parts.ts";
import type { SignatureChecker, SignatureVersion, TaprootContext } from "./signature-checker.ts";

const SCHNORR_BYTES = 64;

/** Answers a script's questions about one input of a transaction. */
export class TransactionChecker implements SignatureChecker {
  readonly #tx: Transaction;
  readonly #inputIndex: number;
  readonly #input: TxInput;
  readonly #spent: readonly TxOutput[];
  readonly #amount: bigint;
  readonly #curve: Curve;
  #latest: SignedDigest | undefined;
  #legacyHashes = 0;

  /** @param spent the outputs that all inputs spend, in order; without taproot only the one of this input matters */
  constructor(tx: Transaction, inputIndex: number, spent: readonly TxOutput[], curve: Curve) {
    const input = tx.inputs[inputIndex];
    const output = spent[inputIndex];
    assert(input !== undefined && output !== undefined, `no input ${inputIndex}, or not what it spends`);
    this.#tx = tx;
    this.#inputIndex = inputIndex;
    this.#input = input;
    this.#spent = spent;
    this.#amount = output.value;
    this.#curve = curve;
  }

  checkEcdsa(signature: Uint8Array, publicKey: Uint8Array, scriptCode: Uint8Array, version: SignatureVersion): boolean {
    const hashType = signature.at(-1);
    if (hashType === undefined || !isPublicKeyShaped(publicKey)) return false;
    const scalars = parseLaxDer(signature.subarray(0, -1));
    if (scalars === undefined) return false;
    return this.#curve.verifyEcdsa(scalars, this.#digest(scriptCode, version, hashType), publicKey);
  }

  checkSchnorr(signature: Uint8Array, publicKey: Uint8Array, context: TaprootContext): void {
    demand(signature.length === SCHNORR_BYTES || signature.length === SCHNORR_BYTES + 1, "SCHNORR_SIG_SIZE");
    const written = signature[SCHNORR_BYTES];
    // The default is said by leaving the byte out, so that nobody can add it later.
    demand(written !== SIGHASH_DEFAULT, "SCHNORR_SIG_HASHTYPE");
    const digest = bip341Sighash(this.#tx, this.#inputIndex, this.#spent, written ?? SIGHASH_DEFAULT, context);
    demand(digest !== undefined, "SCHNORR_SIG_HASHTYPE");
    demand(this.#curve.verifySchnorr(signature.subarray(0, SCHNORR_BYTES), digest, publicKey), "SCHNORR_SIG");
  }

  isTweaked(outputKey: Uint8Array, outputParity: number, internalKey: Uint8Array, tweak: Uint8Array): boolean {
    return this.#curve.isTweaked(outputKey, outputParity, internalKey, tweak);
  }

  checkLockTime(lockTime: number): boolean {
    return lockTimeReached(this.#tx, this.#input, lockTime);
  }

  checkSequence(sequence: number): boolean {
    return sequenceReached(this.#tx, this.#input, sequence);
  }

  /**
   * The digest to be signed. The latest is kept: CHECKMULTISIG asks for the same one key after key, and scripts that are
   * made to be slow ask for it in one CHECKSIG after another.
   */
  #digest(scriptCode: Uint8Array, version: SignatureVersion, hashType: number): Uint8Array {
    const latest = this.#latest;
    if (
      latest?.hashType === hashType &&
      latest.version === version &&
      (latest.scriptCode === scriptCode || equalBytes(latest.scriptCode, scriptCode))
    ) {
      return latest.digest;
    }
    const digest =
      version === "base"
        ? this.#legacyDigest(scriptCode, hashType)
        : bip143Sighash(this.#tx, this.#inputIndex, scriptCode, this.#amount, hashType);
    this.#latest = { version, scriptCode, hashType, digest };
    return digest;
  }

  /**
   * Outside segwit each signature hash reads the whole transaction, so the work has to be held against what the limits
   * of scripts and blocks allow: {@link MAX_LEGACY_SIGHASHES_PER_INPUT} of `maxLegacySighashBytes` each. More is no
   * fault of the transaction but one of ours.
   */
  #legacyDigest(scriptCode: Uint8Array, hashType: number): Uint8Array {
    const parts = partsOf(this.#tx);
    const before = parts.hashedBytes;
    const digest = legacySighash(this.#tx, this.#inputIndex, scriptCode, hashType);
    this.#legacyHashes += 1;
    assert(
      this.#legacyHashes <= MAX_LEGACY_SIGHASHES_PER_INPUT,
      `${this.#legacyHashes} signature hashes for one input`,
    );
    const bytes = parts.hashedBytes - before;
    assert(bytes <= maxLegacySighashBytes(this.#tx), `${bytes} bytes hashed for one signature`);
    return digest;
  }
}

interface SignedDigest {
  readonly version: SignatureVersion;
  readonly scriptCode: Uint8Array;
  readonly hashType: number;
  readonly digest: Uint8Array;
}
