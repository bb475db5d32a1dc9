import type { Ancestry } from "@forkyard/consensus/rules/ancestry";
import type { Txid } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Clock } from "@forkyard/core/ports/clock";
import type { Transaction } from "@forkyard/core/tx";
import type { MempoolChanges, Removal } from "@forkyard/mempool/change-log";
import { mempoolContext } from "@forkyard/mempool/context";
import type { MempoolEntry } from "@forkyard/mempool/entry";
import type { AcceptResult, Mempool } from "@forkyard/mempool/mempool";
import type { EventLog } from "@forkyard/rpc/schema/event-log";
import type { PaymentEvent } from "@forkyard/rpc/schema/events";
import type { ChainChange } from "../chain/chain-events.ts";
import { paymentEvent } from "../wallets/payment-events.ts";
import type { WalletHost } from "../wallets/wallet-host.ts";

export interface MempoolFollowerParts {
  readonly params: NetworkParams;
  readonly mempool: Mempool;
  readonly wallets: WalletHost;
  readonly events: EventLog;
  readonly clock: Clock;
  readonly ancestry: Ancestry;
}

/** Brings the mempool along with the chain, and wallets and events along with the mempool. */
export class MempoolFollower {
  readonly #parts: MempoolFollowerParts;

  constructor(parts: MempoolFollowerParts) {
    this.#parts = parts;
  }

  /** A transaction came in. */
  accepted(result: Extract<AcceptResult, { readonly status: "accepted" }>): void {
    this.#tell(result.changes, "accepted");
  }

  /**
   * The chain moved; coins and wallets show the new tip already.
   * @returns what came back from blocks that were taken off, parents first: peers that had other blocks do not know it
   */
  chainChanged({ disconnected, connected, tip }: ChainChange): readonly Transaction[] {
    const { mempool, ancestry, clock } = this.#parts;
    const nowMs = clock.nowMs();
    for (const { block } of connected) {
      for (const tx of block.txs) this.#announcePayment(tx.txid, "confirmed");
    }
    if (disconnected.length === 0) {
      for (const { block, entry } of connected) {
        this.#tell(mempool.connected(block, mempoolContext(entry, ancestry, nowMs)).changes, "accepted");
      }
      return [];
    }
    const result = mempool.reorganised(
      disconnected.map(({ block }) => block),
      connected.map(({ block }) => block),
      mempoolContext(tip, ancestry, nowMs),
    );
    this.#tell(result.changes, "resurrected");
    for (const { txid, fate } of result.fates) {
      if (fate === "dropped" || fate === "replaced") this.#announcePayment(txid, "reversed");
    }
    return result.changes.added.filter(({ txid }) => mempool.has(txid)).map(({ tx }) => tx);
  }

  /** Removals first: what came in may spend what they set free. What came and went in between is not told. */
  #tell({ removed, added }: MempoolChanges, status: "accepted" | "resurrected"): void {
    const { mempool, wallets } = this.#parts;
    for (const removal of removed) {
      if (removal.reason !== "block" && !mempool.has(removal.entry.txid)) this.#removed(removal);
    }
    for (const entry of added) {
      if (!mempool.has(entry.txid)) continue;
      wallets.mempoolAdded(entry.tx);
      this.#announce(entry, { status });
      this.#announcePayment(entry.txid, "unconfirmed");
    }
  }

  #removed({ entry, reason, replacedBy }: Removal): void {
    this.#parts.wallets.mempoolRemoved(entry.txid);
    if (reason === "replaced" && replacedBy !== undefined) this.#announce(entry, { status: "replaced", replacedBy });
    else this.#announce(entry, { status: "dropped", reason });
  }

  #announce(
    entry: MempoolEntry,
    news:
      | { readonly status: "accepted" | "resurrected" }
      | { readonly status: "replaced"; readonly replacedBy: Txid }
      | { readonly status: "dropped"; readonly reason: string },
  ): void {
    this.#parts.events.append({
      type: "transaction",
      txid: entry.txid,
      fee: Number(entry.fee),
      virtualSize: entry.virtualBytes,
      ...news,
    });
  }

  #announcePayment(txid: Txid, status: PaymentEvent["status"]): void {
    const { wallets, events, params } = this.#parts;
    for (const name of wallets.names()) {
      const service = wallets.get(name);
      const event = service && paymentEvent(name, service.wallet, txid, status, params);
      if (event !== undefined) events.append(event);
    }
  }
}
