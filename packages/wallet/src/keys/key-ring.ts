import { toHex } from "@forkyard/core/bytes/bytes";
import { assert, InputError } from "@forkyard/core/errors";
import { hash160 } from "@forkyard/core/hash";
import { payToPublicKey, payToPublicKeyHash, payToWitness } from "@forkyard/core/script/templates";
import { KEY_LOOKAHEAD, MAX_KEY_INDEX } from "../limits.ts";
import type { KeyChain } from "./key-chain.ts";
import { KEY_BRANCHES, type KeyBranch, type KeyIndexes, type KeyPath } from "./key-path.ts";

/** An output script that the wallet can spend, and the key behind it. */
export interface OwnScript {
  readonly scriptPubKey: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly path: KeyPath;
}

/** Where no key file stands behind the keys, none needs to wait for it. */
const NO_LIMIT: KeyIndexes = { receive: MAX_KEY_INDEX, change: MAX_KEY_INDEX, legacy: MAX_KEY_INDEX };

/**
 * Hands out keys in order and recognises the scripts of all of them and of {@link KEY_LOOKAHEAD} more.
 * A key is given out only below the index that {@link KeyRing.allow} was told is on disk, so none is ever given out twice.
 */
export class KeyRing {
  readonly #keys: KeyChain;
  readonly #own = new Map<string, OwnScript>();
  readonly #next: Record<KeyBranch, number>;
  readonly #watched: Record<KeyBranch, number> = { receive: 0, change: 0, legacy: 0 };
  #allowed: KeyIndexes;

  constructor(keys: KeyChain, next: KeyIndexes, allowed: KeyIndexes = NO_LIMIT) {
    this.#keys = keys;
    this.#next = { ...next };
    this.#allowed = allowed;
    for (const branch of KEY_BRANCHES) this.#watch(branch);
  }

  /** Index of the key that comes next on each branch. */
  next(): KeyIndexes {
    return { ...this.#next };
  }

  /** Told that all indexes below `persisted` are on disk as given out. */
  allow(persisted: KeyIndexes): void {
    this.#allowed = persisted;
  }

  /** True when the next key of the branch may be given out: its index is on disk. */
  canIssue(branch: KeyBranch): boolean {
    return this.#next[branch] < this.#allowed[branch];
  }

  /** The key that {@link KeyRing.issue} would give out. @throws InputError when the branch is used up */
  peek(branch: KeyBranch): OwnScript {
    const index = this.#next[branch];
    if (index >= MAX_KEY_INDEX) throw new InputError(`this wallet has given out all ${MAX_KEY_INDEX} ${branch} keys`);
    assert(this.canIssue(branch), `the index of the next ${branch} key is not on disk`);
    return this.#derive({ branch, index })[0] as OwnScript;
  }

  /** Gives out the next key: it will not come again. */
  issue(branch: KeyBranch): OwnScript {
    const own = this.peek(branch);
    this.#next[branch]++;
    this.#watch(branch);
    return own;
  }

  /** The key behind an output script; undefined for scripts of others. */
  ownerOf(scriptPubKey: Uint8Array): OwnScript | undefined {
    return mayBeOwn(scriptPubKey.length) ? this.#own.get(toHex(scriptPubKey)) : undefined;
  }

  /** Every script that is watched for. */
  scripts(): readonly OwnScript[] {
    return [...this.#own.values()];
  }

  /** A payment to this key was seen: it and all before it count as given out, as after restoring an older key file. */
  markUsed(path: KeyPath): void {
    if (path.index < this.#next[path.branch]) return;
    this.#next[path.branch] = path.index + 1;
    this.#watch(path.branch);
  }

  #watch(branch: KeyBranch): void {
    const until = this.#next[branch] + KEY_LOOKAHEAD;
    for (let index = this.#watched[branch]; index < until; index++) {
      for (const own of this.#derive({ branch, index })) this.#own.set(toHex(own.scriptPubKey), own);
    }
    this.#watched[branch] = Math.max(this.#watched[branch], until);
  }

  /** The scripts of a key; the first is the one its address stands for. */
  #derive(path: KeyPath): readonly OwnScript[] {
    const publicKey = this.#keys.publicKey(path);
    const hash = hash160(publicKey);
    const scripts =
      path.branch === "legacy" ? [payToPublicKeyHash(hash), payToPublicKey(publicKey)] : [payToWitness(0, hash)];
    return scripts.map((scriptPubKey) => ({ scriptPubKey, publicKey, path }));
  }
}

/** Lengths of P2WPKH, P2PKH and P2PK: spares the hexadecimal of all other outputs of a block. */
function mayBeOwn(scriptLength: number): boolean {
  return scriptLength === 22 || scriptLength === 25 || scriptLength === 35;
}
