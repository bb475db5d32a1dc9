/**
 * The ChaCha20 block function (RFC 8439), for expanding a key to a stream without the cost of making a cipher each
 * time: a set hash does that for every coin.
 */
const STATE_WORDS = 16;
const KEY_WORDS = 8;
const BLOCK_BYTES = 64;
const DOUBLE_ROUNDS = 10;
const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;
const COUNTER = 12;

/** The first `blocks` blocks of key stream under a 32-byte key, with counter and nonce starting at zero. */
export function chacha20Stream(key: Uint8Array, blocks: number): Uint8Array {
  const state = new Uint32Array(STATE_WORDS);
  state.set(CONSTANTS);
  const keyView = new DataView(key.buffer, key.byteOffset, key.byteLength);
  for (let i = 0; i < KEY_WORDS; i++) state[CONSTANTS.length + i] = keyView.getUint32(4 * i, true);
  const stream = new Uint8Array(blocks * BLOCK_BYTES);
  const output = new DataView(stream.buffer);
  const working = new Uint32Array(STATE_WORDS);
  for (let block = 0; block < blocks; block++) {
    state[COUNTER] = block;
    working.set(state);
    for (let round = 0; round < DOUBLE_ROUNDS; round++) doubleRound(working);
    for (let i = 0; i < STATE_WORDS; i++) {
      output.setUint32(block * BLOCK_BYTES + 4 * i, (working[i] as number) + (state[i] as number), true);
    }
  }
  return stream;
}

function doubleRound(x: Uint32Array): void {
  for (let i = 0; i < 4; i++) quarterRound(x, i, 4 + i, 8 + i, 12 + i);
  for (let i = 0; i < 4; i++) quarterRound(x, i, 4 + ((i + 1) & 3), 8 + ((i + 2) & 3), 12 + ((i + 3) & 3));
}

function quarterRound(x: Uint32Array, ia: number, ib: number, ic: number, id: number): void {
  let a = x[ia] as number;
  let b = x[ib] as number;
  let c = x[ic] as number;
  let d = x[id] as number;
  a = (a + b) | 0;
  d = rotate(d ^ a, 16);
  c = (c + d) | 0;
  b = rotate(b ^ c, 12);
  a = (a + b) | 0;
  d = rotate(d ^ a, 8);
  c = (c + d) | 0;
  b = rotate(b ^ c, 7);
  x[ia] = a;
  x[ib] = b;
  x[ic] = c;
  x[id] = d;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
