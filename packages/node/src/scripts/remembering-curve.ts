import type { Curve } from "@forkyard/core/ports/curve";
import { MAX_REMEMBERED_SIGNATURES } from "../limits.ts";

/** A curve that answers the same question only once, until it is told to forget. Bounded: what is too much is asked again. */
export class RememberingCurve implements Curve {
  readonly #inner: Curve;
  readonly #answers = new Map<string, boolean>();

  constructor(inner: Curve) {
    this.#inner = inner;
  }

  get name(): string {
    return this.#inner.name;
  }

  forget(): void {
    this.#answers.clear();
  }

  verifyEcdsa(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean {
    const key = keyOf("ecdsa", signature, digest, publicKey);
    return this.#answer(key, () => this.#inner.verifyEcdsa(signature, digest, publicKey));
  }

  verifySchnorr(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
    const key = keyOf("schnorr", signature, message, publicKey);
    return this.#answer(key, () => this.#inner.verifySchnorr(signature, message, publicKey));
  }

  isTweaked(outputKey: Uint8Array, outputParity: number, internalKey: Uint8Array, tweak: Uint8Array): boolean {
    const key = keyOf(`tweak${outputParity}`, outputKey, internalKey, tweak);
    return this.#answer(key, () => this.#inner.isTweaked(outputKey, outputParity, internalKey, tweak));
  }

  #answer(key: string, ask: () => boolean): boolean {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = ask();
    if (this.#answers.size < MAX_REMEMBERED_SIGNATURES) this.#answers.set(key, answer);
    return answer;
  }
}

/** The parts one after the other, each with its length in front. */
function keyOf(question: string, ...parts: readonly Uint8Array[]): string {
  return parts.reduce((key, bytes) => `${key} ${bytes.length} ${String.fromCharCode(...bytes)}`, question);
}
