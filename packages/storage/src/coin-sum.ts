import { hash } from "node:crypto";

/** Bytes of the key; it is random for each data folder, so that nobody can make coins whose hashes cancel out. */
export const COIN_SUM_KEY_BYTES = 32;
const SUM_BITS = 256;
const LANES = 8;
const LANE_BYTES = 4;
const LANE_BITS = 32;
/** Each change moves a lane by less than 2^32: after this many the lanes are still exact in a double. */
const CHANGES_BEFORE_FOLD = 1 << 20;
const FIRST_SCRATCH_BYTES = 256;

/**
 * Sum mod 2^256 of a keyed SHA-256 over coins as they are stored (key and record). Order does not matter and a coin
 * can be taken out again, so that a batch changes it by what it changes; yet two different sets of coins do not have
 * the same sum. It tells lost and resurrected records, which a checksum on each record cannot.
 */
export class CoinSum {
  readonly #lanes = new Float64Array(LANES);
  readonly #keyBytes: number;
  #scratch: Uint8Array;
  #folded = 0n;
  #changes = 0;

  constructor(key: Uint8Array) {
    this.#keyBytes = key.length;
    this.#scratch = new Uint8Array(FIRST_SCRATCH_BYTES);
    this.#scratch.set(key);
  }

  add(coinKey: Uint8Array, record: Uint8Array): void {
    this.#change(coinKey, record, 1);
  }

  subtract(coinKey: Uint8Array, record: Uint8Array): void {
    this.#change(coinKey, record, -1);
  }

  /** What everything added and subtracted comes to, mod 2^256. */
  value(): bigint {
    this.#fold();
    return this.#folded;
  }

  #change(coinKey: Uint8Array, record: Uint8Array, sign: 1 | -1): void {
    // The one-shot hash is fastest when it gives a string of one character a byte.
    const digest = hash("sha256", this.#preimage(coinKey, record), "binary");
    for (let lane = 0; lane < LANES; lane++) {
      let value = 0;
      for (let i = LANE_BYTES - 1; i >= 0; i--) value = value * 256 + digest.charCodeAt(lane * LANE_BYTES + i);
      this.#lanes[lane] = (this.#lanes[lane] as number) + sign * value;
    }
    this.#changes += 1;
    if (this.#changes >= CHANGES_BEFORE_FOLD) this.#fold();
  }

  #preimage(coinKey: Uint8Array, record: Uint8Array): Uint8Array {
    const length = this.#keyBytes + coinKey.length + record.length;
    if (this.#scratch.length < length) {
      const larger = new Uint8Array(2 * length);
      larger.set(this.#scratch.subarray(0, this.#keyBytes));
      this.#scratch = larger;
    }
    this.#scratch.set(coinKey, this.#keyBytes);
    this.#scratch.set(record, this.#keyBytes + coinKey.length);
    return this.#scratch.subarray(0, length);
  }

  #fold(): void {
    let sum = this.#folded;
    for (let lane = 0; lane < LANES; lane++) sum += BigInt(this.#lanes[lane] as number) << BigInt(lane * LANE_BITS);
    this.#folded = modulo(sum);
    this.#lanes.fill(0);
    this.#changes = 0;
  }
}

/** Adds two sums. */
export function addSums(a: bigint, b: bigint): bigint {
  return modulo(a + b);
}

function modulo(sum: bigint): bigint {
  return BigInt.asUintN(SUM_BITS, sum);
}
