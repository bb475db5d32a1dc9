import { SHA256_INITIAL_STATE } from "../sha256-constants.ts";
import {
  LANES_PER_GROUP,
  MIDSTATE_OFFSET,
  NONCES_OFFSET,
  SLOTS_OFFSET,
  TAIL_OFFSET,
  TARGET_TOP_OFFSET,
  TOPS_OFFSET,
  VECTOR_BYTES,
} from "./layout.ts";
import { SymbolicSha256 } from "./symbolic-sha256.ts";
import { fixed, type Word, WordAlgebra } from "./word-algebra.ts";

const HEADER_BITS = 640;
const HASH_BITS = 256;
const PADDING_START = 0x80000000;
const SWAP_BYTES = "3 2 1 0 7 6 5 4 11 10 9 8 15 14 13 12";

/**
 * WebAssembly text of a kernel that hashes 80-byte headers twice with SHA-256, 4 x `groups` nonces a step.
 *
 * It exports `memory` (see layout.ts) and `grind(nonce, steps)`: nonces from `nonce` on, modulo 2^32; the result is 0
 * when no hash came near the target in `steps` steps (at least 1), else the number of steps that were left including
 * the one in which some hash had top 32 bits not above the target's. Which nonce, and whether the whole hash is low
 * enough, is for the caller to find out: it happens once in 2^32 hashes at Bitcoin's difficulty 1.
 *
 * One group is the fastest plain SIMD128; with two, V8 can merge neighbouring vectors into 256-bit ones
 * (`--experimental-wasm-revectorize`), for which inputs, outputs and constants lie side by side in memory.
 */
export function generateKernelWat(groups: number): string {
  const algebra = new WordAlgebra(groups);
  const tops = algebra.vectors(algebra.keep(hashTop(algebra)));
  const targetTop = algebra.vectors(algebra.job(loadWord(TARGET_TOP_OFFSET)));
  const near = algebra.eachGroup(
    (group) => `(i32x4.le_u ${swapBytes(`(v128.load ${at(TOPS_OFFSET, group)})`)} ${targetTop[group]})`,
  );
  return `(module
  (memory (export "memory") 1 1)
  ${dataSegments(algebra)}
  (func (export "grind") (param $nonce i32) (param $steps i32) (result i32)
    ${algebra.locals.join("\n    ")}
    ${algebra.beforeLoop.join("\n    ")}
    (loop $step
      ${algebra.eachGroup(storeNonces).join("\n      ")}
      ${algebra.inLoop.join("\n      ")}
      ${tops.map((top, group) => `(v128.store ${at(TOPS_OFFSET, group)} ${top})`).join("\n      ")}
      (if (v128.any_true ${near.reduce((x, y) => `(v128.or ${x} ${y})`)}) (then (return (local.get $steps))))
      (local.set $nonce (i32.add (local.get $nonce) (i32.const ${LANES_PER_GROUP * groups})))
      (br_if $step (local.tee $steps (i32.sub (local.get $steps) (i32.const 1)))))
    (i32.const 0)))
`;
}

/** The last state word of the double hash: its bytes in reverse order are the top 32 bits of the hash as a number. */
function hashTop(algebra: WordAlgebra): Word {
  const sha256 = new SymbolicSha256(algebra);
  const midstate = words(8, (i) => algebra.job(loadWord(MIDSTATE_OFFSET + 4 * i)));
  const tail = words(3, (i) => algebra.job(loadWord(TAIL_OFFSET + 4 * i)));
  const nonces = algebra.eachGroup((group) => `(v128.load ${at(NONCES_OFFSET, group)})`);
  const nonce = algebra.keep({ stage: "lane", codes: nonces });
  const hash = sha256.compress(midstate, pad([...tail, nonce], HEADER_BITS));
  return sha256.lastWord(SHA256_INITIAL_STATE.map(fixed), pad(hash, HASH_BITS));
}

/** FIPS 180-4 §5.1.1: a one bit, zeros, and the length of the message, up to 16 words. */
function pad(message: readonly Word[], messageBits: number): Word[] {
  const zeros = words(14 - message.length, () => fixed(0));
  return [...message, fixed(PADDING_START), ...zeros, fixed(messageBits)];
}

function words(count: number, make: (i: number) => Word): Word[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

/** The nonce is little-endian in the header, and SHA-256 reads big-endian. */
function storeNonces(group: number): string {
  const first = group * LANES_PER_GROUP;
  const ahead = `(v128.const i32x4 ${first} ${first + 1} ${first + 2} ${first + 3})`;
  const nonces = `(i32x4.add (i32x4.splat (local.get $nonce)) ${ahead})`;
  return `(v128.store ${at(NONCES_OFFSET, group)} ${swapBytes(nonces)})`;
}

function swapBytes(vector: string): string {
  return `(i8x16.shuffle ${SWAP_BYTES} ${vector} (v128.const i32x4 0 0 0 0))`;
}

function dataSegments(algebra: WordAlgebra): string {
  const slotBytes = algebra.groups * VECTOR_BYTES;
  const segments = [...algebra.fixedSlots].map(([slot, value]) => {
    const bytes = [0, 8, 16, 24].map((shift) => `\\${((value >>> shift) & 0xff).toString(16).padStart(2, "0")}`);
    return `(data (i32.const ${SLOTS_OFFSET + slot * slotBytes}) "${bytes.join("").repeat(slotBytes / 4)}")`;
  });
  return segments.join("\n  ");
}

function loadWord(offset: number): string {
  return `(i32.load offset=${offset} (i32.const 0))`;
}

function at(offset: number, group: number): string {
  return `offset=${offset + group * VECTOR_BYTES} (i32.const 0)`;
}
