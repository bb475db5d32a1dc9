/** Exact satoshis of an amount in a bitcoind-style result: eight decimals survive the way through a JSON number. */
export function satoshisOf(coins: number): bigint {
  return BigInt(Math.round(coins * 1e8));
}
