import type { Txid } from "@forkyard/core/hash";
import type { PaymentFate } from "../scenario/model.ts";
import type { TransactionEvent } from "../world/event.ts";
import type { NodeName, PaymentName } from "../world/world.ts";

/** What each node has seen of each transaction; what is in blocks is for the chains to say. */
export class PaymentBook {
  readonly #txids = new Map<PaymentName, Txid>();
  readonly #waiting = new Map<NodeName, Set<Txid>>();
  readonly #everWaited = new Map<NodeName, Set<Txid>>();
  readonly #everMined = new Map<NodeName, Set<Txid>>();

  /** In the order in which they were signed. */
  get payments(): ReadonlyMap<PaymentName, Txid> {
    return this.#txids;
  }

  signed(payment: PaymentName, txid: Txid): void {
    this.#txids.set(payment, txid);
  }

  txid(payment: PaymentName): Txid | undefined {
    return this.#txids.get(payment);
  }

  told({ node, txid, status }: TransactionEvent): void {
    const waiting = setOf(this.#waiting, node);
    if (status === "mempool") {
      waiting.add(txid);
      setOf(this.#everWaited, node).add(txid);
    } else waiting.delete(txid);
  }

  mined(node: NodeName, txids: readonly Txid[]): void {
    for (const txid of txids) {
      setOf(this.#waiting, node).delete(txid);
      setOf(this.#everMined, node).add(txid);
    }
  }

  isWaiting(node: NodeName, txid: Txid): boolean {
    return this.#waiting.get(node)?.has(txid) === true;
  }

  /** @param confirmed whether it is in a block of the node's active chain now */
  fate(node: NodeName, txid: Txid | undefined, confirmed: boolean): PaymentFate {
    if (txid === undefined) return "never-seen";
    if (confirmed) return "confirmed";
    if (this.#everMined.get(node)?.has(txid) === true) return "reversed";
    if (this.isWaiting(node, txid)) return "mempool";
    return this.#everWaited.get(node)?.has(txid) === true ? "dropped" : "never-seen";
  }
}

function setOf(sets: Map<NodeName, Set<Txid>>, node: NodeName): Set<Txid> {
  const found = sets.get(node) ?? new Set();
  sets.set(node, found);
  return found;
}
