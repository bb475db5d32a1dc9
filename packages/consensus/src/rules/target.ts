import type { BlockHash } from "@forkyard/core/hash";

const WORD_MASK = 0x007fffff;
const SIGN_BIT = 0x00800000;
/** Bytes of the word that a compact number holds. */
const WORD_BYTES = 3;
const UINT256_BITS = 256n;
const TWO_TO_256 = 1n << UINT256_BITS;

/** A compact number taken apart; only one that is neither negative nor overflowing is a target. */
export interface CompactNumber {
  /** Without sign, cut to 256 bits. */
  readonly magnitude: bigint;
  readonly negative: boolean;
  /** More than 256 bits. */
  readonly overflow: boolean;
}

/** Reads Bitcoin's compact form of a 256-bit number (Bitcoin Core `arith_uint256::SetCompact`). */
export function decodeCompact(bits: number): CompactNumber {
  const size = bits >>> 24;
  const rawWord = bits & WORD_MASK;
  const word = size <= WORD_BYTES ? rawWord >>> (8 * (WORD_BYTES - size)) : rawWord;
  const wide = size <= WORD_BYTES ? BigInt(word) : BigInt(word) << BigInt(8 * (size - WORD_BYTES));
  return {
    magnitude: BigInt.asUintN(256, wide),
    negative: word !== 0 && (bits & SIGN_BIT) !== 0,
    overflow: wide >= TWO_TO_256,
  };
}

/** Target of `bits`; 0, which no hash meets, for bits that are negative or too large. */
export function bitsToTarget(bits: number): bigint {
  const { magnitude, negative, overflow } = decodeCompact(bits);
  return negative || overflow ? 0n : magnitude;
}

/** Compact form of a target, rounded down (Bitcoin Core `arith_uint256::GetCompact`). */
export function targetToBits(target: bigint): number {
  let size = Math.ceil(bitLength(target) / 8);
  let word = Number(
    size <= WORD_BYTES ? target << BigInt(8 * (WORD_BYTES - size)) : target >> BigInt(8 * (size - WORD_BYTES)),
  );
  if ((word & SIGN_BIT) !== 0) {
    word >>>= 8;
    size += 1;
  }
  return ((size << 24) | word) >>> 0;
}

/** Expected number of hashes that a block with these bits takes: 2^256 / (target + 1); 0 where no hash meets them. */
export function workOfBits(bits: number): bigint {
  const target = bitsToTarget(bits);
  return target === 0n ? 0n : TWO_TO_256 / (target + 1n);
}

/** True when the hash, read as a number, is at most the target. */
export function hashMeetsTarget(hash: BlockHash, target: bigint): boolean {
  return BigInt(`0x${hash}`) <= target;
}

/** True when `bits` is a target that the network allows and the hash meets it (Bitcoin Core `CheckProofOfWork`). */
export function hasProofOfWork(hash: BlockHash, bits: number, powLimit: bigint): boolean {
  const target = bitsToTarget(bits);
  return target > 0n && target <= powLimit && hashMeetsTarget(hash, target);
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
