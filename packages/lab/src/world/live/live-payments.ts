import { InputError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import type { DoubleSpendCommand, PayCommand } from "../command.ts";
import type { WorldEvent } from "../event.ts";
import type { BranchName, NodeName, PaymentName, WalletName } from "../world.ts";
import type { LiveBranches } from "./live-branches.ts";
import type { LiveNet } from "./live-net.ts";

interface Payment {
  readonly txid: Txid;
  /** Undefined for what the wallet announced itself. */
  readonly hex: string | undefined;
  readonly from: WalletName;
}

export interface PaymentWorld {
  readonly net: LiveNet;
  readonly branches: LiveBranches;
  readonly nowMs: () => number;
  readonly emit: (event: WorldEvent) => void;
}

/** Payments of a scenario, made by the wallets of live nodes. */
export class LivePayments {
  readonly #world: PaymentWorld;
  readonly #payments = new Map<PaymentName, Payment>();

  constructor(world: PaymentWorld) {
    this.#world = world;
  }

  async pay({ payment, from, to, amount, feeRate, into }: PayCommand): Promise<Txid> {
    const { devnet } = this.#world.net;
    const host = devnet.walletHost(from);
    const address = await devnet.walletHost(to).newAddress(to);
    const { hex, txid } = await host.signPayment(from, address, amount, feeRate);
    this.#keep(payment, { txid: txid, hex, from }, { amount, to, node: host.name });
    if (into === "hold") return txid;
    if (into === undefined) await host.announce(hex);
    else await this.#includeIn(into.branch, host.name, hex);
    return txid;
  }

  async doubleSpend({ payment, of, feeRate, into }: DoubleSpendCommand): Promise<Txid> {
    if (feeRate !== undefined) throw new InputError("live wallets choose the fee of a double spend: no feeRate");
    const { devnet } = this.#world.net;
    const { from, txid: contradicted } = this.#known(of);
    const host = devnet.walletHost(from);
    const { hex, txid } = await host.doubleSpend(from, contradicted);
    this.#keep(payment, { txid: txid, hex, from }, { amount: 0n, to: from, node: host.name });
    if (into === "hold") return txid;
    if ("branch" in into) await this.#includeIn(into.branch, host.name, hex);
    else await devnet.runningNode(into.mempoolOf).announce(hex);
    return txid;
  }

  async announce(payment: PaymentName, at: NodeName): Promise<Txid> {
    const { hex, txid } = this.#known(payment);
    if (hex === undefined) throw new InputError(`the payment ${payment} was announced already`);
    await this.#world.net.devnet.runningNode(at).announce(hex);
    return txid;
  }

  async #includeIn(branch: BranchName, payer: NodeName, hex: string): Promise<void> {
    const { branches, net } = this.#world;
    const host = net.devnet.runningNode(branches.hostOf(branch, payer));
    await branches.include(host, branch, hex);
  }

  #known(payment: PaymentName): Payment {
    const known = this.#payments.get(payment);
    if (known === undefined) throw new InputError(`there is no payment ${payment}`);
    return known;
  }

  #keep(
    payment: PaymentName,
    made: Payment,
    { amount, to, node }: { readonly amount: bigint; readonly to: WalletName; readonly node: NodeName },
  ): void {
    if (this.#payments.has(payment)) throw new InputError(`there is a payment ${payment} already`);
    this.#payments.set(payment, made);
    const { txid, from } = made;
    this.#world.emit({ type: "payment", node, atMs: this.#world.nowMs(), payment, txid, from, to, amount });
  }
}
