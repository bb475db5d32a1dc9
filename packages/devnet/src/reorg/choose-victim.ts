import type { RemovedBlock } from "./branch-transactions.ts";

/** A payment between two wallets of the devnet. */
export interface Payment {
  readonly txid: string;
  readonly payer: string;
  readonly receiver: string;
  /** Satoshis that the receiver gets. */
  readonly amount: bigint;
}

/** The wallet whose loss a double spend is to show. */
export const VICTIM_WALLET = "merchant";

/**
 * The payment that a double spend takes back: in the oldest block that has one, one to the merchant rather than to
 * somebody else. undefined when there is none.
 * @param blocks oldest first
 */
export function chooseVictim(blocks: readonly RemovedBlock[], payments: readonly Payment[]): Payment | undefined {
  for (const preferred of [true, false]) {
    for (const block of blocks) {
      const inBlock = block.txs.map((tx) =>
        payments.find((payment) => payment.txid === tx.txid && (payment.receiver === VICTIM_WALLET) === preferred),
      );
      const found = inBlock.find((payment) => payment !== undefined);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
