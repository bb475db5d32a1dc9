import type { Txid } from "@forkyard/core/hash";
import type { Transaction } from "@forkyard/core/tx";
import type { NodeName, PaymentName, WalletName } from "../world.ts";
import type { SimNetwork } from "./network/sim-network.ts";
import type { NodeNews } from "./node/node-news.ts";
import type { SimHost } from "./node/sim-host.ts";
import type { SimWallet } from "./wallet/sim-wallet.ts";

/** A signed payment that a scenario has a name for. */
export interface SimPayment {
  readonly tx: Transaction;
  readonly txid: Txid;
  /** Whose coins it spends. */
  readonly payer: WalletName;
}

/** What commands may reach of a simulated world. */
export interface SimInside {
  readonly hosts: ReadonlyMap<NodeName, SimHost>;
  readonly wallets: ReadonlyMap<WalletName, SimWallet>;
  readonly payments: Map<PaymentName, SimPayment>;
  readonly network: SimNetwork;
  readonly startHeight: number;
  /** Tells an event of a node. */
  tell(node: NodeName, news: NodeNews): void;
}
