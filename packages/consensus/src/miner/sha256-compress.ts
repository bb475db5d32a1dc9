import { SHA256_K } from "./sha256-constants.ts";

const K = Int32Array.from(SHA256_K);
/** Words of a message schedule: the block's sixteen and those made from them. */
export const SCHEDULE_WORDS = 64;

/**
 * FIPS 180-4 §6.2.2: takes one block into the state.
 * @param state 8 words, changed in place
 * @param schedule {@link SCHEDULE_WORDS} words: the first sixteen are the block, the others are overwritten
 */
export function compress(state: Int32Array, schedule: Int32Array): void {
  for (let i = 16; i < SCHEDULE_WORDS; i++) {
    const near = schedule[i - 2] as number;
    const far = schedule[i - 15] as number;
    const sigma1 = ((near >>> 17) | (near << 15)) ^ ((near >>> 19) | (near << 13)) ^ (near >>> 10);
    const sigma0 = ((far >>> 7) | (far << 25)) ^ ((far >>> 18) | (far << 14)) ^ (far >>> 3);
    schedule[i] = ((schedule[i - 16] as number) + sigma0 + (schedule[i - 7] as number) + sigma1) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let i = 0; i < SCHEDULE_WORDS; i++) {
    const sum1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + sum1 + (g ^ (e & (f ^ g))) + (K[i] as number) + (schedule[i] as number)) | 0;
    const sum0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    // `b` is the old `a`, and `c` and `d` the old `b` and `c`.
    a = (t1 + sum0 + ((b & c) ^ (b & d) ^ (c & d))) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  state[4] = (state[4] as number) + e;
  state[5] = (state[5] as number) + f;
  state[6] = (state[6] as number) + g;
  state[7] = (state[7] as number) + h;
}
