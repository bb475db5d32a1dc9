import { subsidyAt } from "@forkyard/consensus/rules/subsidy";
import { InputError } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { TxOutput } from "@forkyard/core/tx";

/** Where a wallet's first coins go. */
export interface FundedWallet {
  readonly script: Uint8Array;
  /** Satoshis. */
  readonly coins: bigint;
}

/** A wallet's money comes in so many outputs, so that its first payments need not wait for each other's change. */
const OUTPUTS_PER_WALLET = 10n;
/** Less than this is not worth dividing. */
const MIN_OUTPUT = 100_000n;
/** Inputs of one transaction that stays well within a block. */
const MAX_FUNDING_INPUTS = 15_000;

/** The outputs that give every wallet its coins. */
export function fundingOutputs(wallets: readonly FundedWallet[]): TxOutput[] {
  return wallets.flatMap(({ script, coins }) => {
    if (coins === 0n) return [];
    const parts = coins < OUTPUTS_PER_WALLET * MIN_OUTPUT ? 1n : OUTPUTS_PER_WALLET;
    const part = coins / parts;
    return Array.from({ length: Number(parts) }, (_, index) => ({
      value: index === 0 ? coins - part * (parts - 1n) : part,
      scriptPubKey: script,
    }));
  });
}

/** How many of the first coinbases are needed for an amount of satoshis. @throws InputError when too many */
export function coinbasesFor(amount: bigint, params: NetworkParams): number {
  let sum = 0n;
  let blocks = 0;
  while (sum < amount) {
    blocks += 1;
    const subsidy = subsidyAt(blocks, params);
    if (blocks > MAX_FUNDING_INPUTS || subsidy === 0n) {
      throw new InputError(
        `the wallets are to have ${amount} satoshis in all, more than ${MAX_FUNDING_INPUTS} blocks make`,
      );
    }
    sum += subsidy;
  }
  return blocks;
}
