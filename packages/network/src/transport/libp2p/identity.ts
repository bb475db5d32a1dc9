import { createPrivateKey, createPublicKey } from "node:crypto";
import { concatBytes, fromHex } from "@forkyard/core/bytes/bytes";
import { InputError } from "@forkyard/core/errors";
import type { Random } from "@forkyard/core/ports/random";
import { privateKeyFromRaw } from "@libp2p/crypto/keys";
import type { PrivateKey } from "@libp2p/interface";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import type { PeerId } from "../transport.ts";

/** Bytes of an identity: the seed of an Ed25519 key (RFC 8032). Keep them secret and with the node's data. */
const IDENTITY_BYTES = 32;
/** What stands before the seed of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const PKCS8_OF_ED25519 = fromHex("302e020100300506032b657004220420");

export function createIdentity(random: Random): Uint8Array {
  return random.bytes(IDENTITY_BYTES);
}

/** The peer id that others know the identity by. @throws InputError */
export function peerIdOfIdentity(identity: Uint8Array): PeerId {
  return peerIdFromPrivateKey(privateKeyOf(identity)).toString();
}

/** @throws InputError for anything but 32 bytes. */
export function privateKeyOf(identity: Uint8Array): PrivateKey {
  if (identity.length !== IDENTITY_BYTES) {
    throw new InputError(`a network identity is ${IDENTITY_BYTES} bytes, not ${identity.length}: make a new one`);
  }
  return privateKeyFromRaw(concatBytes(identity, publicKeyOf(identity)));
}

/** By the machine's own library: in JavaScript, as libp2p does it, the first key of a process takes 50 ms. */
function publicKeyOf(seed: Uint8Array): Uint8Array {
  const key = Buffer.from(concatBytes(PKCS8_OF_ED25519, seed));
  const { x } = createPublicKey(createPrivateKey({ key, format: "der", type: "pkcs8" })).export({ format: "jwk" });
  return Uint8Array.from(Buffer.from(x ?? "", "base64url"));
}
