import { InputError } from "./errors.ts";

/** Satoshis in one coin. */
export const COIN = 100_000_000n;

/** The most satoshis that can ever exist; every amount and sum must lie in 0..MAX_MONEY (Bitcoin Core `MoneyRange`). */
export const MAX_MONEY: bigint = 21_000_000n * COIN;

/** True when `satoshis` is an amount that may exist. */
export function isMoney(satoshis: bigint): boolean {
  return satoshis >= 0n && satoshis <= MAX_MONEY;
}

/**
 * Reads an amount of whole coins as a person types it ("1.5") into satoshis.
 * @throws InputError for anything but a decimal number with at most eight decimals between 0 and 21 million.
 */
export function parseCoins(text: string): bigint {
  const match = /^(\d{1,8})(?:\.(\d{1,8}))?$/.exec(text);
  if (match === null) {
    throw new InputError(`"${text}" is not an amount: give coins with at most eight decimals, such as 1.5`);
  }
  const satoshis = BigInt(match[1] ?? "0") * COIN + BigInt((match[2] ?? "").padEnd(8, "0"));
  if (!isMoney(satoshis)) throw new InputError(`${text} is more than the 21 million coins that can exist`);
  return satoshis;
}

/** Writes satoshis as whole coins with eight decimals, as bitcoind does ("1.50000000"). */
export function formatCoins(satoshis: bigint): string {
  const sign = satoshis < 0n ? "-" : "";
  const magnitude = satoshis < 0n ? -satoshis : satoshis;
  const decimals = (magnitude % COIN).toString().padStart(8, "0");
  return `${sign}${magnitude / COIN}.${decimals}`;
}
