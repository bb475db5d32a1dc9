import { SHA256_INITIAL_STATE, SHA256_K } from "../miner/sha256-constants.ts";
import { CONSTANTS_OFFSET, DIGEST_BYTES, DIGEST_OFFSET, MESSAGE_OFFSET } from "./layout.ts";
import { add, and, constant, get, rotateRight, set, shiftRight, swapBytes, xor } from "./wat-expressions.ts";

/** FIPS 180-4's working variables, and the words of the state that they start from. */
const VARIABLES: readonly string[] = ["a", "b", "c", "d", "e", "f", "g", "h"];
/** The last sixteen words of the message schedule. */
const WORDS: readonly string[] = Array.from({ length: 16 }, (_, i) => `w${i}`);
const BLOCK_BYTES = 64;
const CONSTANTS_BYTES = 4 * SHA256_K.length;
/** Padding adds at least nine bytes; with up to 63 more it fills a block. */
const PADDING_ROUND_UP = 9 + 63;

/**
 * WebAssembly text of SHA-256 for messages that lie at MESSAGE_OFFSET with room for a block behind them. It exports
 * `memory`, and `digest(bytes)` and `digestTwice(bytes)`, which leave the digest at DIGEST_OFFSET.
 *
 * The first sixteen rounds are written out; the other 48 are a loop of three times sixteen, with the message schedule
 * in locals. On V8 that is faster than 64 rounds written out and than a schedule in memory.
 */
export function generateSha256Wat(): string {
  return `(module
  (memory (export "memory") 1 1)
  (data (i32.const ${CONSTANTS_OFFSET}) "${SHA256_K.map(littleEndian).join("")}")
  ${lines(VARIABLES, (name) => `(global $${name} (mut i32) (i32.const 0))`)}
  (func $start
    ${lines(VARIABLES, (name, i) => `(global.set $${name} ${constant(SHA256_INITIAL_STATE[i] as number)})`)})
  ${padFunction()}
  ${compressFunction()}
  (func $write (param $at i32)
    ${lines(VARIABLES, (name, i) => `(i32.store offset=${4 * i} ${get("at")} ${swapBytes(`(global.get $${name})`)})`)})
  (func $hash (param $bytes i32) (param $to i32)
    (call $start)
    (call $compress ${constant(MESSAGE_OFFSET)} (call $pad ${get("bytes")}))
    (call $write ${get("to")}))
  (func (export "digest") (param $bytes i32)
    (call $hash ${get("bytes")} ${constant(DIGEST_OFFSET)}))
  (func (export "digestTwice") (param $bytes i32)
    (call $hash ${get("bytes")} ${constant(MESSAGE_OFFSET)})
    (call $hash ${constant(DIGEST_BYTES)} ${constant(DIGEST_OFFSET)})))
`;
}

/** FIPS 180-4 §5.1.1: a one bit, zeros, and the length in bits. Gives the end of the last block. */
function padFunction(): string {
  const start = constant(MESSAGE_OFFSET);
  const end = add(start, and(add(get("bytes"), constant(PADDING_ROUND_UP)), constant(-BLOCK_BYTES)));
  return `(func $pad (param $bytes i32) (result i32) (local $from i32) (local $end i32)
    ${set("from", add(start, get("bytes")))}
    ${set("end", end)}
    (memory.fill ${get("from")} ${constant(0)} (i32.sub ${get("end")} ${get("from")}))
    (i32.store8 ${get("from")} ${constant(0x80)})
    (i32.store (i32.sub ${get("end")} ${constant(4)}) ${swapBytes(`(i32.shl ${get("bytes")} ${constant(3)})`)})
    ${get("end")})`;
}

/** FIPS 180-4 §6.2.2: takes all blocks from `block` up to `end` into the state. */
function compressFunction(): string {
  const first = WORDS.flatMap((_, i) => [...loadWord(i), ...round(i, constant(SHA256_K[i] as number))]);
  const repeated = WORDS.flatMap((_, i) => [nextWord(i), ...round(i, roundConstant(i))]);
  return `(func $compress (param $block i32) (param $end i32)
    ${[...VARIABLES, ...WORDS, "t1", "round"].map((name) => `(local $${name} i32)`).join(" ")}
    (loop $blocks
      ${lines(VARIABLES, (name) => set(name, stateWord(name)))}
      ${first.join("\n      ")}
      ${set("round", constant(BLOCK_BYTES))}
      (loop $rounds
        ${repeated.join("\n        ")}
        ${set("round", add(get("round"), constant(BLOCK_BYTES)))}
        (br_if $rounds (i32.lt_u ${get("round")} ${constant(CONSTANTS_BYTES)})))
      ${lines(VARIABLES, (name) => `(global.set $${name} ${add(stateWord(name), get(name))})`)}
      ${set("block", add(get("block"), constant(BLOCK_BYTES)))}
      (br_if $blocks (i32.lt_u ${get("block")} ${get("end")}))))`;
}

/** Loaded for round `i` of the sixteen that the loop is at. */
function roundConstant(i: number): string {
  return `(i32.load offset=${CONSTANTS_OFFSET + 4 * i} ${get("round")})`;
}

function stateWord(name: string): string {
  return `(global.get $${name})`;
}

/** Variables are renamed instead of moved: after sixteen rounds each has its own name again. */
function round(i: number, k: string): string[] {
  const name = (variable: number): string => VARIABLES[(variable + 16 - i) % VARIABLES.length] as string;
  const [a, b, c, d, e, f, g, h] = VARIABLES.map((_, variable) => get(name(variable))) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const choice = xor(g, and(e, xor(f, g)));
  const majority = xor(and(a, xor(b, c)), and(b, c));
  return [
    set("t1", add(h, k, get(`w${i}`), sum(e, 6, 11, 25), choice)),
    set(name(3), add(d, get("t1"))),
    set(name(7), add(get("t1"), sum(a, 2, 13, 22), majority)),
  ];
}

function loadWord(i: number): string[] {
  const word = `w${i}`;
  return [set(word, `(i32.load offset=${4 * i} ${get("block")})`), set(word, swapBytes(get(word)))];
}

/** The schedule's next word takes the place of the one sixteen before it. */
function nextWord(i: number): string {
  const ahead = (words: number): string => get(WORDS[(i + words) % WORDS.length] as string);
  return set(`w${i}`, add(ahead(0), smallSum(ahead(1), 7, 18, 3), ahead(9), smallSum(ahead(14), 17, 19, 10)));
}

function sum(x: string, first: number, second: number, third: number): string {
  return xor(rotateRight(x, first), rotateRight(x, second), rotateRight(x, third));
}

function smallSum(x: string, first: number, second: number, shift: number): string {
  return xor(rotateRight(x, first), rotateRight(x, second), shiftRight(x, shift));
}

function littleEndian(word: number): string {
  return [0, 8, 16, 24].map((shift) => `\\${((word >>> shift) & 0xff).toString(16).padStart(2, "0")}`).join("");
}

function lines(names: readonly string[], make: (name: string, i: number) => string): string {
  return names.map(make).join("\n    ");
}
