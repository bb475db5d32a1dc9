import { hash160, hash256, sha256 } from "@forkyard/core/hash";
import { OP_HASH160, OP_HASH256, OP_RIPEMD160, OP_SHA1, OP_SHA256 } from "@forkyard/core/script/opcodes";
import { ripemd160, sha1 } from "@noble/hashes/legacy.js";
import type { Operation } from "../machine.ts";

/** Operations that replace the top element by its hash. */
export const HASH_OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [OP_RIPEMD160, hashTop(ripemd160)],
  [OP_SHA1, hashTop(sha1)],
  [OP_SHA256, hashTop(sha256)],
  [OP_HASH160, hashTop(hash160)],
  [OP_HASH256, hashTop(hash256)],
]);

function hashTop(hash: (bytes: Uint8Array) => Uint8Array): Operation {
  return ({ stack }) => stack.push(hash(stack.pop()));
}
