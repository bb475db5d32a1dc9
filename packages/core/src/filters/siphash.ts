const MASK = 64;
const WORD_BYTES = 8;

/** Rotates a 64-bit number left. */
function rotate(value: bigint, bits: bigint): bigint {
  return BigInt.asUintN(MASK, (value << bits) | (value >> (64n - bits)));
}

/**
 * SipHash-2-4 (Aumasson and Bernstein): a short keyed hash, which BIP152 and BIP158 use.
 * @param key two unsigned 64-bit numbers
 * @returns an unsigned 64-bit number
 */
export function sipHash24(key: readonly [bigint, bigint], data: Uint8Array): bigint {
  const state = new SipState(key);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const whole = data.length - (data.length % WORD_BYTES);
  for (let at = 0; at < whole; at += WORD_BYTES) state.absorb(view.getBigUint64(at, true));
  let last = BigInt(data.length & 0xff) << 56n;
  for (let at = whole; at < data.length; at++) last |= BigInt(data[at] as number) << BigInt(WORD_BYTES * (at - whole));
  state.absorb(last);
  return state.finish();
}

class SipState {
  #v0: bigint;
  #v1: bigint;
  #v2: bigint;
  #v3: bigint;

  constructor([k0, k1]: readonly [bigint, bigint]) {
    this.#v0 = 0x736f6d6570736575n ^ k0;
    this.#v1 = 0x646f72616e646f6dn ^ k1;
    this.#v2 = 0x6c7967656e657261n ^ k0;
    this.#v3 = 0x7465646279746573n ^ k1;
  }

  absorb(word: bigint): void {
    this.#v3 ^= word;
    this.#rounds(2);
    this.#v0 ^= word;
  }

  finish(): bigint {
    this.#v2 ^= 0xffn;
    this.#rounds(4);
    return this.#v0 ^ this.#v1 ^ this.#v2 ^ this.#v3;
  }

  #rounds(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#v0 = BigInt.asUintN(MASK, this.#v0 + this.#v1);
      this.#v1 = rotate(this.#v1, 13n) ^ this.#v0;
      this.#v0 = rotate(this.#v0, 32n);
      this.#v2 = BigInt.asUintN(MASK, this.#v2 + this.#v3);
      this.#v3 = rotate(this.#v3, 16n) ^ this.#v2;
      this.#v0 = BigInt.asUintN(MASK, this.#v0 + this.#v3);
      this.#v3 = rotate(this.#v3, 21n) ^ this.#v0;
      this.#v2 = BigInt.asUintN(MASK, this.#v2 + this.#v1);
      this.#v1 = rotate(this.#v1, 17n) ^ this.#v2;
      this.#v2 = rotate(this.#v2, 32n);
    }
  }
}
