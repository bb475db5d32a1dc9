import { InputError } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { chainId } from "@forkyard/core/params/networks";
import type { Clock } from "@forkyard/core/ports/clock";
import type { Transaction, TxOutput } from "@forkyard/core/tx";
import { KeyFile, type KeyFileAccess, type SecretKind } from "./key-file/key-file.ts";
import type { KeyFilePayload } from "./key-file/payload.ts";
import { KeyChain, SEED_BYTES } from "./keys/key-chain.ts";
import { FIRST_KEYS, KEY_BRANCHES, type KeyBranch, type KeyIndexes } from "./keys/key-path.ts";
import { KEY_RESERVE_STEP, MAX_KEY_INDEX } from "./limits.ts";
import type { Payment, PaymentRequest } from "./payment/payment.ts";
import { type AddressKind, Wallet } from "./wallet.ts";

export interface WalletServiceOptions extends KeyFileAccess {
  readonly params: NetworkParams;
  readonly clock: Pick<Clock, "nowMs">;
}

/**
 * A wallet with its key file. Everything that gives out a key goes through here, because its index must be on the disk
 * first: after a crash no key comes a second time. Indexes are written {@link KEY_RESERVE_STEP} ahead, and exactly on
 * {@link WalletService.close}. News and questions go to {@link WalletService.wallet} directly.
 */
export class WalletService {
  readonly wallet: Wallet;
  readonly #file: KeyFile;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #secrets: Pick<KeyFilePayload, "chain" | "seed">;
  #written: KeyIndexes;
  /** Writes follow one another; what is asked for while one runs waits for it. */
  #lastWrite: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(options: WalletServiceOptions, file: KeyFile, payload: KeyFilePayload) {
    const keys = new KeyChain(payload.seed, options.params.name);
    this.wallet = new Wallet({
      params: options.params,
      keys,
      nextKeys: payload.nextKeys,
      allowedKeys: payload.nextKeys,
    });
    this.#file = file;
    this.#clock = options.clock;
    this.#secrets = { chain: payload.chain, seed: payload.seed };
    this.#written = payload.nextKeys;
  }

  /** Draws a seed and writes it, encrypted, into a new key file. @throws InputError when there is one already */
  static async create(options: WalletServiceOptions, kind: SecretKind): Promise<WalletService> {
    const seed = options.random.bytes(SEED_BYTES);
    const payload = { chain: chainId(options.params), seed, nextKeys: FIRST_KEYS };
    const file = await KeyFile.create(options, kind, payload);
    return new WalletService(options, file, payload);
  }

  /** Opens a wallet. @throws InputError for a wrong passphrase, a damaged file, a wallet of another network */
  static async open(options: WalletServiceOptions): Promise<WalletService> {
    const { file, payload } = await KeyFile.open(options);
    const chain = chainId(options.params);
    if (payload.chain !== chain) {
      throw new InputError(
        `the key file ${options.path} belongs to ${JSON.stringify(payload.chain)}, not to ${JSON.stringify(chain)}`,
      );
    }
    return new WalletService(options, file, payload);
  }

  /** A fresh address; its index is on the disk when this resolves. */
  newAddress(kind: AddressKind = "bech32"): Promise<string> {
    return this.#withKey(kind === "legacy" ? "legacy" : "receive", () => this.wallet.newAddress(kind));
  }

  /** {@link Wallet.pay} */
  pay(request: PaymentRequest): Promise<Payment> {
    return this.#withKey("change", () => this.wallet.pay(request, this.#clock.nowMs()));
  }

  /** {@link Wallet.replaceToSelf} */
  replaceToSelf(original: Transaction, spent?: readonly TxOutput[]): Promise<Payment> {
    return this.#withKey("change", () => this.wallet.replaceToSelf(original, spent));
  }

  /** Writes the indexes as they are, so that the next start leaves no gap. No key is given out after it. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.wallet.allowKeys(FIRST_KEYS);
    await this.#write(() => this.wallet.nextKeys());
  }

  /** Runs `use` once the index of the branch's next key is on the disk, in one go with seeing that it is. */
  async #withKey<T>(branch: KeyBranch, use: () => T): Promise<T> {
    while (!this.wallet.canIssueKey(branch) && this.wallet.nextKeys()[branch] < MAX_KEY_INDEX) {
      if (this.#closed) throw new InputError("this wallet is closed: open it again");
      await this.#write(() => this.#ahead(branch));
    }
    return use();
  }

  /** The indexes to write so that `branch` has keys to give; elsewhere only what an older key file did not know. */
  #ahead(branch: KeyBranch): KeyIndexes {
    const next = this.wallet.nextKeys();
    const indexes = KEY_BRANCHES.map((each) => {
      const needed = each === branch && next[each] >= this.#written[each];
      const index = needed ? next[each] + KEY_RESERVE_STEP : Math.max(next[each], this.#written[each]);
      return [each, Math.min(index, MAX_KEY_INDEX)];
    });
    return Object.fromEntries(indexes) as KeyIndexes;
  }

  /** @param indexes asked when the writes before are done, as they may have written enough */
  #write(indexes: () => KeyIndexes): Promise<void> {
    const write = async (): Promise<void> => {
      const nextKeys = indexes();
      if (KEY_BRANCHES.every((branch) => nextKeys[branch] === this.#written[branch])) return;
      await this.#file.write({ ...this.#secrets, nextKeys });
      this.#written = nextKeys;
      if (!this.#closed) this.wallet.allowKeys(nextKeys);
    };
    // A failed write is reported to whoever asked for it; the next one tries again.
    this.#lastWrite = this.#lastWrite.then(write, write);
    return this.#lastWrite;
  }
}
