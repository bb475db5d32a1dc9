import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import type { Clock } from "@forkyard/core/ports/clock";
import type { Random } from "@forkyard/core/ports/random";
import { quoted } from "@forkyard/core/printable";
import type { Transaction } from "@forkyard/core/tx";
import { nodeKeyFiles } from "@forkyard/wallet/key-file/node-key-files";
import type { Wallet, WalletChange } from "@forkyard/wallet/wallet";
import { WalletService, type WalletServiceOptions } from "@forkyard/wallet/wallet-service";
import type { ChainChange } from "../chain/chain-events.ts";
import { MAX_NAME_CHARACTERS, MAX_WALLETS } from "../limits.ts";

export interface WalletHostParts {
  readonly params: NetworkParams;
  readonly store: ChainStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Folder of the key files. */
  readonly folder: string;
  /** What the key files of this host are encrypted with; wallets cannot be made or opened without. */
  readonly secretFile: string | undefined;
  readonly tipHeight: () => number;
}

/** The wallets of a node: opens their key files and tells them what chain and mempool do. */
export class WalletHost {
  readonly #parts: WalletHostParts;
  readonly #services = new Map<string, WalletService>();
  readonly #adopted: Wallet[] = [];

  constructor(parts: WalletHostParts) {
    this.#parts = parts;
  }

  /** Opens the wallets of these names, making the ones that are not there, and fills them from the set of coins. */
  async open(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const services = await Promise.all(names.map((name) => this.#openOrCreate(name)));
    await this.#fill(services.map((service) => service.wallet));
    names.forEach((name, index) => this.#services.set(name, services[index] as WalletService));
  }

  /** @throws InputError when the name is taken or no name */
  async create(name: string, passphrase: string | undefined): Promise<WalletService> {
    if (this.#services.has(name)) throw new InputError(`there is a wallet ${name} already`);
    if (this.#services.size >= MAX_WALLETS) throw new InputError(`a node hosts at most ${MAX_WALLETS} wallets`);
    const access = this.#access(name, passphrase ?? this.#secret());
    const service = await WalletService.create(access, passphrase === undefined ? "random" : "passphrase");
    // A new wallet has no coins to be found: its seed was drawn just now.
    service.wallet.startAt(this.#parts.tipHeight());
    this.#services.set(name, service);
    return service;
  }

  /** Tells a wallet without a key file, filled and brought to the tip, what happens from now on (simulator). */
  adopt(wallet: Wallet): void {
    this.#adopted.push(wallet);
  }

  names(): readonly string[] {
    return [...this.#services.keys()];
  }

  get(name: string): WalletService | undefined {
    return this.#services.get(name);
  }

  chainChanged(change: ChainChange): void {
    for (const wallet of this.#told()) {
      for (const { block, entry, delta } of change.disconnected) {
        wallet.blockDisconnected(block, entry.height, delta.spent);
      }
      for (const { block, entry } of change.connected) wallet.blockConnected(block, entry.height);
    }
  }

  /** @returns what changed, for each wallet that the transaction concerns */
  mempoolAdded(tx: Transaction): ReadonlyMap<string, WalletChange> {
    const nowMs = this.#parts.clock.nowMs();
    return this.#tell((wallet) => wallet.mempoolAdded(tx, nowMs));
  }

  mempoolRemoved(txid: Txid): void {
    this.#tell((wallet) => wallet.mempoolRemoved(txid));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#services.values()].map((service) => service.close()));
  }

  #told(): readonly Wallet[] {
    return [...Array.from(this.#services.values(), ({ wallet }) => wallet), ...this.#adopted];
  }

  #tell(news: (wallet: Wallet) => WalletChange): Map<string, WalletChange> {
    const changes = new Map<string, WalletChange>();
    for (const [name, { wallet }] of this.#services) {
      const change = news(wallet);
      if (change.touched.length > 0) changes.set(name, change);
    }
    for (const wallet of this.#adopted) news(wallet);
    return changes;
  }

  async #openOrCreate(name: string): Promise<WalletService> {
    const access = this.#access(name, this.#secret());
    return existsSync(access.path) ? WalletService.open(access) : WalletService.create(access, "random");
  }

  /** One pass over all coins, however many wallets. */
  async #fill(wallets: readonly Wallet[]): Promise<void> {
    for await (const { outPoint, coin } of this.#parts.store.coins()) {
      for (const wallet of wallets) wallet.addCoin(outPoint, coin);
    }
    for (const wallet of wallets) wallet.startAt(this.#parts.tipHeight());
  }

  #access(name: string, secret: string): WalletServiceOptions {
    if (!/^[A-Za-z0-9_-]+$/.test(name) || name.length > MAX_NAME_CHARACTERS) {
      throw new InputError(`${quoted(name, MAX_NAME_CHARACTERS)} cannot name a wallet: use letters, digits, - and _`);
    }
    const { params, clock, random, folder } = this.#parts;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return { params, clock, random, files: nodeKeyFiles, path: join(folder, `${name}.key`), secret };
  }

  #secret(): string {
    const { secretFile } = this.#parts;
    if (secretFile === undefined) {
      throw new InputError(
        "wallets need a secret to encrypt their keys with: set walletSecretFile in the configuration",
      );
    }
    try {
      return readFileSync(secretFile, "utf8").trim();
    } catch (error) {
      throw new InputError(`cannot read the wallet secret ${secretFile}: ${(error as Error).message}`);
    }
  }
}
