/**
 * The rows of keys that a wallet draws from:
 * `receive` and `change` are BIP84 (P2WPKH), `legacy` is the receiving row of BIP44 (P2PKH).
 */
export type KeyBranch = "receive" | "change" | "legacy";

export const KEY_BRANCHES: readonly KeyBranch[] = ["receive", "change", "legacy"];

/** Names one key of a wallet. */
export interface KeyPath {
  readonly branch: KeyBranch;
  readonly index: number;
}

/** One number for each branch: the index of the key that comes next. */
export type KeyIndexes = Readonly<Record<KeyBranch, number>>;

/** The indexes of a wallet that has given out nothing. */
export const FIRST_KEYS: KeyIndexes = { receive: 0, change: 0, legacy: 0 };

/** BIP44 coin type: 0 on the main network, 1 on all others. */
export function coinType(networkName: string): number {
  return networkName === "mainnet" ? 0 : 1;
}

/** Purpose of BIP84 or BIP44, and 0 for receiving or 1 for change. */
const PATH_ENDS: Readonly<Record<KeyBranch, { readonly purpose: number; readonly row: number }>> = {
  receive: { purpose: 84, row: 0 },
  change: { purpose: 84, row: 1 },
  legacy: { purpose: 44, row: 0 },
};

/** BIP32 path of a branch in the first account. */
export function derivationPath(branch: KeyBranch, coin: number): string {
  const { purpose, row } = PATH_ENDS[branch];
  return `m/${purpose}'/${coin}'/0'/${row}`;
}
