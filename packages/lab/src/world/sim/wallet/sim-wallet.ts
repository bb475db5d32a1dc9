import { scriptOfAddress } from "@forkyard/core/address";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { StoredCoin } from "@forkyard/core/ports/chain-store";
import { Wallet } from "@forkyard/wallet/wallet";
import type { NodeName, WalletName } from "../../world.ts";
import { keysOf } from "./keys.ts";

/** A wallet on a node: the node's real one, with keys that follow from its name and no file. */
export class SimWallet {
  readonly name: WalletName;
  readonly host: NodeName;
  /** Where its first coins and what its node mines go. */
  readonly script: Uint8Array;
  readonly #params: NetworkParams;
  #wallet: Wallet;

  constructor(name: WalletName, host: NodeName, params: NetworkParams) {
    this.name = name;
    this.host = host;
    this.#params = params;
    this.#wallet = new Wallet({ params, keys: keysOf(name, params.name) });
    this.script = this.nextScript();
  }

  get wallet(): Wallet {
    return this.#wallet;
  }

  /** An output script that was never given out before. */
  nextScript(): Uint8Array {
    return scriptOfAddress(this.#wallet.newAddress(), this.#params.addresses);
  }

  /** Begins anew with the coins of the chain, as when its node starts. */
  restart(coins: Iterable<StoredCoin>, height: number): Wallet {
    const nextKeys = this.#wallet.nextKeys();
    this.#wallet = new Wallet({ params: this.#params, keys: keysOf(this.name, this.#params.name), nextKeys });
    for (const { outPoint, coin } of coins) this.#wallet.addCoin(outPoint, coin);
    this.#wallet.startAt(height);
    return this.#wallet;
  }
}
