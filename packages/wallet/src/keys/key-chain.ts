import { assert } from "@forkyard/core/errors";
import { HDKey } from "@scure/bip32";
import { coinType, derivationPath, KEY_BRANCHES, type KeyBranch, type KeyPath } from "./key-path.ts";

/** Bytes of the seed that a new wallet draws. */
export const SEED_BYTES = 32;

/** All keys of a wallet, derived from one seed (BIP32 with the paths of BIP84 and BIP44). The same seed, the same keys. */
export class KeyChain {
  readonly #branches: ReadonlyMap<KeyBranch, HDKey>;

  /** @param seed 16 to 64 random bytes; not kept */
  constructor(seed: Uint8Array, networkName: string) {
    const master = HDKey.fromMasterSeed(seed);
    const coin = coinType(networkName);
    this.#branches = new Map(KEY_BRANCHES.map((branch) => [branch, master.derive(derivationPath(branch, coin))]));
  }

  /** Compressed public key, 33 bytes. */
  publicKey(path: KeyPath): Uint8Array {
    return present(this.#node(path).publicKey);
  }

  /** 32 secret bytes: use them and let them go. */
  privateKey(path: KeyPath): Uint8Array {
    return present(this.#node(path).privateKey);
  }

  #node(path: KeyPath): HDKey {
    return (this.#branches.get(path.branch) as HDKey).deriveChild(path.index);
  }
}

function present(bytes: Uint8Array | null): Uint8Array {
  assert(bytes !== null, "a derived key lacks a part");
  return bytes;
}
