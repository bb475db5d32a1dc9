import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { InputError } from "@forkyard/core/errors";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import fc from "fast-check";
import { peerIdOfIdentity, privateKeyOf } from "./identity.ts";

describe("a node's identity", () => {
  test("is the seed of an Ed25519 key (RFC 8032, section 7.1, test 1)", () => {
    const seed = fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    const { publicKey } = privateKeyOf(seed);
    assert.equal(toHex(publicKey.raw), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  });

  test("has the peer id that libp2p gives the seed, and signs as its key does", async () => {
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const theirs = await generateKeyPairFromSeed("Ed25519", seed);
        assert.equal(peerIdOfIdentity(seed), peerIdFromPrivateKey(theirs).toString());
        const signature = await privateKeyOf(seed).sign(seed);
        assert.ok(await theirs.publicKey.verify(seed, signature));
      }),
      { numRuns: 20 },
    );
  });

  test("of another length is refused", () => {
    assert.throws(() => privateKeyOf(new Uint8Array(31)), InputError);
  });
});
