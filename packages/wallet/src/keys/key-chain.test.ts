import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { addressOf } from "@forkyard/core/address";
import { fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { AssertionFault } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { describeVectors } from "@forkyard/core/testing/vectors";
import { HDKey } from "@scure/bip32";
import { KEY_LOOKAHEAD } from "../limits.ts";
import { KeyChain } from "./key-chain.ts";
import { FIRST_KEYS, type KeyPath } from "./key-path.ts";
import { KeyRing } from "./key-ring.ts";
import { publicKeyOf } from "./secp256k1.ts";

/** Seed of the mnemonic "abandon ... about", with which BIP84 gives its examples. */
const BIP84_SEED = fromHex(
  "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc19a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4",
);
const mainnet = networkByName("mainnet");
const seed = new Uint8Array(32).fill(7);

describeVectors("derivation", (vectors) => {
  test("BIP32's own chains of keys", () => {
    interface Derivation {
      seed: string;
      chains: { path: string; xpub: string; xprv: string }[];
    }
    const { derivation } = vectors.json<{ derivation: Derivation[] }>("encoding/bip32.json");
    for (const { seed: hex, chains } of derivation) {
      for (const { path, xpub, xprv } of chains) {
        const node = HDKey.fromMasterSeed(fromHex(hex)).derive(path.replaceAll("H", "'"));
        assert.equal(node.publicExtendedKey, xpub);
        assert.equal(node.privateExtendedKey, xprv);
      }
    }
  });
});

describe("key chain", () => {
  test("gives BIP84's example addresses", () => {
    const ring = new KeyRing(new KeyChain(BIP84_SEED, "mainnet"), FIRST_KEYS);
    const address = (branch: KeyPath["branch"]): string =>
      addressOf(ring.issue(branch).scriptPubKey, mainnet.addresses) as string;
    assert.equal(address("receive"), "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
    assert.equal(address("receive"), "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g");
    assert.equal(address("change"), "bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el");
    // BIP44 of the same mnemonic, as every other wallet has it.
    assert.equal(address("legacy"), "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA");
  });

  test("private and public keys of a path belong together; other networks have other keys", () => {
    const keys = new KeyChain(seed, "regtest");
    const path = { branch: "change", index: 3 } as const;
    assert.equal(toHex(publicKeyOf(keys.privateKey(path))), toHex(keys.publicKey(path)));
    assert.notEqual(toHex(keys.publicKey(path)), toHex(new KeyChain(seed, "mainnet").publicKey(path)));
  });

  test("does not show its keys to whoever prints it", () => {
    const keys = new KeyChain(seed, "regtest");
    const secret = toHex(keys.privateKey({ branch: "receive", index: 0 }));
    const shown = inspect(keys, { depth: 20, showHidden: true }) + JSON.stringify(keys);
    assert.ok(!shown.includes(secret) && !shown.includes("xprv"));
  });
});

describe("key ring", () => {
  const keys = new KeyChain(seed, "regtest");

  test("recognises keys beyond the last one given out, and more of them as they are used", () => {
    const ring = new KeyRing(keys, FIRST_KEYS);
    const far = new KeyRing(keys, { receive: KEY_LOOKAHEAD - 1, change: 0, legacy: 0 });
    const last = far.issue("receive");
    const beyond = far.issue("receive");
    assert.equal(ring.ownerOf(beyond.scriptPubKey), undefined);
    const found = ring.ownerOf(last.scriptPubKey);
    assert.deepEqual(found?.path, last.path);
    ring.markUsed(last.path);
    assert.deepEqual(ring.ownerOf(beyond.scriptPubKey)?.path, beyond.path);
    assert.deepEqual(ring.issue("receive").path, beyond.path);
  });

  test("gives out no key whose index is not on disk", () => {
    const ring = new KeyRing(keys, FIRST_KEYS, { receive: 1, change: 0, legacy: 0 });
    assert.ok(ring.canIssue("receive"));
    ring.issue("receive");
    assert.ok(!ring.canIssue("receive"));
    assert.throws(() => ring.issue("receive"), AssertionFault);
    assert.throws(() => ring.peek("change"), AssertionFault);
    ring.allow({ receive: 2, change: 1, legacy: 0 });
    assert.equal(ring.issue("receive").path.index, 1);
    assert.equal(ring.peek("change").path.index, 0);
  });
});
