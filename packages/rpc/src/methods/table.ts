import { assert } from "@forkyard/core/errors";
import type { Method, MethodTable } from "../method.ts";
import { blockchainMethods } from "./blockchain.ts";
import { controlMethods } from "./control.ts";
import { experimentMethods } from "./experiment.ts";
import { forkyardMethods } from "./forkyard.ts";
import { mempoolMethods } from "./mempool.ts";
import { miningMethods } from "./mining.ts";
import { networkMethods } from "./network.ts";
import { rawTransactionMethods } from "./raw-transactions.ts";
import { waitingMethods } from "./waiting.ts";
import { walletMethods } from "./wallet.ts";
import { walletTransactionMethods } from "./wallet-transactions.ts";

/** Every method that the server knows, by name. */
export const METHODS: MethodTable = tableOf([
  ...blockchainMethods,
  ...waitingMethods,
  ...mempoolMethods,
  ...rawTransactionMethods,
  ...miningMethods,
  ...networkMethods,
  ...controlMethods,
  ...walletMethods,
  ...walletTransactionMethods,
  ...forkyardMethods,
  ...experimentMethods,
]);

function tableOf(methods: readonly Method[]): MethodTable {
  const table = new Map(methods.map((method) => [method.name, method]));
  assert(table.size === methods.length, "two RPC methods have the same name");
  return table;
}
