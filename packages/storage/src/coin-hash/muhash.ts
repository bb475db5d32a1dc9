import { hash } from "node:crypto";
import { fromHex } from "@forkyard/core/bytes/bytes";
import { chacha20Stream } from "./chacha20.ts";

const ELEMENT_BITS = 3072n;
const ELEMENT_HEX_DIGITS = 768;
const ELEMENT_CHACHA_BLOCKS = 6;
/** The largest prime below 2^3072 is this far below it. */
const PRIME_GAP = 1_103_717n;
const PRIME = (1n << ELEMENT_BITS) - PRIME_GAP;
const LOW_BITS = (1n << ELEMENT_BITS) - 1n;

/**
 * MuHash3072 as Bitcoin Core computes it: a hash over a set, whatever its order. Each element is hashed (SHA-256),
 * expanded with ChaCha20 to 3072 bits, and the set is the product of its elements modulo the largest 3072-bit prime;
 * what is taken out again divides.
 */
export class MuHash {
  #numerator = 1n;
  #denominator = 1n;

  insert(element: Uint8Array): void {
    this.#numerator = multiply(this.#numerator, expand(element));
  }

  remove(element: Uint8Array): void {
    this.#denominator = multiply(this.#denominator, expand(element));
  }

  /** SHA-256 of the product's 384 bytes, in hashing order; a program shows it reversed. */
  digest(): Uint8Array {
    const product = (this.#numerator * inverse(this.#denominator)) % PRIME;
    const bytes = fromHex(product.toString(16).padStart(ELEMENT_HEX_DIGITS, "0")).reverse();
    return hash("sha256", bytes, "buffer");
  }
}

function expand(element: Uint8Array): bigint {
  const stream = chacha20Stream(hash("sha256", element, "buffer"), ELEMENT_CHACHA_BLOCKS);
  return BigInt(`0x${Buffer.from(stream.buffer).reverse().toString("hex")}`);
}

/** Folds the high half down twice instead of dividing; what is left is below 2^3072 plus a little, which does no harm. */
function multiply(a: bigint, b: bigint): bigint {
  return fold(fold(a * b));
}

function fold(value: bigint): bigint {
  return (value & LOW_BITS) + (value >> ELEMENT_BITS) * PRIME_GAP;
}

/** Extended Euclid. */
function inverse(value: bigint): bigint {
  let [rest, next] = [PRIME, value % PRIME];
  let [factor, nextFactor] = [0n, 1n];
  while (next > 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return factor < 0n ? factor + PRIME : factor;
}
