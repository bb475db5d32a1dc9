import { assert } from "@forkyard/core/errors";
import type { Curve } from "@forkyard/core/ports/curve";
import type { Transaction, TxInput } from "@forkyard/core/tx";
import { parseLaxDer } from "./encoding/der.ts";
import { isPublicKeyShaped } from "./encoding/public-key.ts";
import { lockTimeReached, sequenceReached } from "./lock-time-check.ts";
import { bip143Sighash } from "./sighash/bip143.ts";
import { legacySighash } from "./sighash/legacy.ts";
import type { SignatureChecker, SignatureVersion } from "./signature-checker.ts";

/** Answers a script's questions about one input of a transaction. */
export class TransactionChecker implements SignatureChecker {
  readonly #tx: Transaction;
  readonly #inputIndex: number;
  readonly #input: TxInput;
  readonly #amount: bigint;
  readonly #curve: Curve;
  #latest: SignedDigest | undefined;

  /** @param amount satoshis of the output that the input spends */
  constructor(tx: Transaction, inputIndex: number, amount: bigint, curve: Curve) {
    const input = tx.inputs[inputIndex];
    assert(input !== undefined, `input ${inputIndex} of a transaction with ${tx.inputs.length}`);
    this.#tx = tx;
    this.#inputIndex = inputIndex;
    this.#input = input;
    this.#amount = amount;
    this.#curve = curve;
  }

  checkEcdsa(signature: Uint8Array, publicKey: Uint8Array, scriptCode: Uint8Array, version: SignatureVersion): boolean {
    const hashType = signature.at(-1);
    if (hashType === undefined || !isPublicKeyShaped(publicKey)) return false;
    const scalars = parseLaxDer(signature.subarray(0, -1));
    if (scalars === undefined) return false;
    return this.#curve.verifyEcdsa(scalars, this.#digest(scriptCode, version, hashType), publicKey);
  }

  checkLockTime(lockTime: number): boolean {
    return lockTimeReached(this.#tx, this.#input, lockTime);
  }

  checkSequence(sequence: number): boolean {
    return sequenceReached(this.#tx, this.#input, sequence);
  }

  /** The digest to be signed. The latest is kept, as CHECKMULTISIG asks for the same one key after key. */
  #digest(scriptCode: Uint8Array, version: SignatureVersion, hashType: number): Uint8Array {
    const latest = this.#latest;
    if (latest?.scriptCode === scriptCode && latest.hashType === hashType) return latest.digest;
    const digest =
      version === "base"
        ? legacySighash(this.#tx, this.#inputIndex, scriptCode, hashType)
        : bip143Sighash(this.#tx, this.#inputIndex, scriptCode, this.#amount, hashType);
    this.#latest = { scriptCode, hashType, digest };
    return digest;
  }
}

interface SignedDigest {
  readonly scriptCode: Uint8Array;
  readonly hashType: number;
  readonly digest: Uint8Array;
}
