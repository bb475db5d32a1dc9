import { InputError } from "@forkyard/core/errors";
import type { Random } from "@forkyard/core/ports/random";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import type { Ed25519PrivateKey } from "@libp2p/interface";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import type { PeerId } from "../transport.ts";

/** Bytes of an identity: the seed of an Ed25519 key (RFC 8032). Keep them secret and with the node's data. */
const IDENTITY_BYTES = 32;

export function createIdentity(random: Random): Uint8Array {
  return random.bytes(IDENTITY_BYTES);
}

/** The peer id that others know the identity by. @throws InputError */
export async function peerIdOfIdentity(identity: Uint8Array): Promise<PeerId> {
  return peerIdFromPrivateKey(await privateKeyOf(identity)).toString();
}

/** @throws InputError for anything but 32 bytes. */
export async function privateKeyOf(identity: Uint8Array): Promise<Ed25519PrivateKey> {
  if (identity.length !== IDENTITY_BYTES) {
    throw new InputError(`a network identity is ${IDENTITY_BYTES} bytes, not ${identity.length}: make a new one`);
  }
  return generateKeyPairFromSeed("Ed25519", identity);
}
