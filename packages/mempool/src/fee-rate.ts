/** Satoshis for 1,000 virtual bytes. */
export type FeeRate = bigint;

const VIRTUAL_BYTES_PER_UNIT = 1_000n;

/** Least fee of `virtualBytes` at a rate, rounded up. */
export function feeAt(rate: FeeRate, virtualBytes: number): bigint {
  return (rate * BigInt(virtualBytes) + VIRTUAL_BYTES_PER_UNIT - 1n) / VIRTUAL_BYTES_PER_UNIT;
}

/** The rate that a fee is, rounded down. */
export function rateOf(fee: bigint, virtualBytes: number): FeeRate {
  return (fee * VIRTUAL_BYTES_PER_UNIT) / BigInt(virtualBytes);
}

/** Exact order of two fee rates: negative when the first is lower. */
export function compareRates(feeA: bigint, virtualBytesA: number, feeB: bigint, virtualBytesB: number): number {
  // Below 2^53 numbers are exact, and several times faster: selection and eviction live on this.
  const quickA = Number(feeA) * virtualBytesB;
  const quickB = Number(feeB) * virtualBytesA;
  if (quickA <= Number.MAX_SAFE_INTEGER && quickB <= Number.MAX_SAFE_INTEGER) return Math.sign(quickA - quickB);
  const a = feeA * BigInt(virtualBytesB);
  const b = feeB * BigInt(virtualBytesA);
  return a < b ? -1 : a > b ? 1 : 0;
}
