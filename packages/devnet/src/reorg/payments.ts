import type { RunningDevnet } from "../remote/running-devnet.ts";
import type { Payment } from "./choose-victim.ts";

/** Payments from one wallet of the devnet to another. */
export async function paymentsBetweenWallets(devnet: RunningDevnet): Promise<readonly Payment[]> {
  const owned = devnet.running().flatMap((node) => node.state.wallets.map((wallet) => ({ node, wallet })));
  const entries = await Promise.all(
    owned.map(async ({ node, wallet }) => (await node.walletEntries(wallet)).map((entry) => ({ ...entry, wallet }))),
  );
  const payers = new Map(
    entries
      .flat()
      .filter((entry) => entry.category === "send")
      .map((entry) => [entry.txid, entry.wallet]),
  );
  return entries
    .flat()
    .filter((entry) => entry.category === "receive")
    .flatMap((entry): Payment[] => {
      const payer = payers.get(entry.txid);
      if (payer === undefined || payer === entry.wallet) return [];
      return [{ txid: entry.txid, payer, receiver: entry.wallet, amount: entry.amount }];
    });
}
