/** Targets, work and difficulty as RPC results show them. */
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash } from "@forkyard/core/hash";

const HASH_DIGITS = 64;
/** Compact form of difficulty 1. */
const DIFFICULTY_ONE_EXPONENT = 29;
const DIFFICULTY_ONE_MANTISSA = 0x0000ffff;
/** bitcoind prints floating point numbers with as many digits. */
const PRINTED_DIGITS = 16;

/** How many times harder than difficulty 1; the same floating point steps as Bitcoin Core `GetDifficulty`. */
export function difficultyOf(bits: number): number {
  let exponent = bits >>> 24;
  let difficulty = DIFFICULTY_ONE_MANTISSA / (bits & 0x00ffffff);
  for (; exponent < DIFFICULTY_ONE_EXPONENT; exponent++) difficulty *= 256;
  for (; exponent > DIFFICULTY_ONE_EXPONENT; exponent--) difficulty /= 256;
  return Number(difficulty.toPrecision(PRINTED_DIGITS));
}

/** The target of compact bits, 64 hexadecimal digits. */
export function targetHex(bits: number): string {
  const exponent = bits >>> 24;
  const mantissa = BigInt(bits & 0x007fffff);
  const target = exponent <= 3 ? mantissa >> BigInt(8 * (3 - exponent)) : mantissa << BigInt(8 * (exponent - 3));
  return target.toString(16).padStart(HASH_DIGITS, "0");
}

/** 32 bits as eight hexadecimal digits, negative versions as unsigned. */
export function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}

export function workHex(chainWork: bigint): string {
  return chainWork.toString(16).padStart(HASH_DIGITS, "0");
}

/**
 * Estimated hashes a second over the `blocks` before `tip` (Bitcoin Core `GetNetworkHashPS`): work done, by the span between
 * the earliest and the latest block time.
 */
export function networkHashRate(
  tip: ChainEntry,
  blocks: number,
  entry: (hash: BlockHash) => ChainEntry | undefined,
): number {
  let first = tip;
  let earliest = tip.header.time;
  let latest = tip.header.time;
  for (let i = 0; i < Math.min(blocks, tip.height); i++) {
    const parent = entry(first.header.prevHash);
    if (parent === undefined) break;
    first = parent;
    earliest = Math.min(earliest, first.header.time);
    latest = Math.max(latest, first.header.time);
  }
  return latest === earliest ? 0 : Number(tip.chainWork - first.chainWork) / (latest - earliest);
}
