import { sha256 } from "@forkyard/core/hash";
import { KeyChain } from "@forkyard/wallet/keys/key-chain";
import type { KeyPath } from "@forkyard/wallet/keys/key-path";
import type { WalletName } from "../../world.ts";

/** Deriving a wallet's keys takes longer than many a whole scenario: they follow from its name and are kept. */
const known = new Map<string, NamedKeys>();
/** Wallets whose keys are kept; the oldest goes first. */
const MAX_KEPT = 1_000;

/** The keys of the wallet of this name: the same in every simulated world. Worth nothing anywhere else. */
export function keysOf(wallet: WalletName, networkName: string): KeyChain {
  const id = JSON.stringify([networkName, wallet]);
  const keys = known.get(id) ?? new NamedKeys(sha256(new TextEncoder().encode(`simulated wallet ${id}`)), networkName);
  known.set(id, keys);
  const [oldest] = known.keys();
  if (known.size > MAX_KEPT && oldest !== undefined) known.delete(oldest);
  return keys;
}

/** A key chain that derives each key once. */
class NamedKeys extends KeyChain {
  readonly #publicKeys = new Map<string, Uint8Array>();
  readonly #privateKeys = new Map<string, Uint8Array>();

  override publicKey(path: KeyPath): Uint8Array {
    const id = `${path.branch}/${path.index}`;
    const key = this.#publicKeys.get(id) ?? super.publicKey(path);
    this.#publicKeys.set(id, key);
    return key;
  }

  override privateKey(path: KeyPath): Uint8Array {
    const id = `${path.branch}/${path.index}`;
    const key = this.#privateKeys.get(id) ?? super.privateKey(path);
    this.#privateKeys.set(id, key);
    return key;
  }
}
