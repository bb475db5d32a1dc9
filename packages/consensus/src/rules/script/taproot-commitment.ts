import { compareBytes } from "@forkyard/core/bytes/bytes";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { taggedHash } from "@forkyard/core/tagged-hash";
import { demand } from "./script-error.ts";

/** Control block: one byte, the internal key, then the path to the root. */
const CONTROL_BASE_BYTES = 33;
const CONTROL_NODE_BYTES = 32;
/** Depth of a tree of scripts. */
const MAX_CONTROL_NODES = 128;
/** The control block's first byte holds the leaf version and, in its lowest bit, the parity of the output key. */
const LEAF_VERSION_MASK = 0xfe;
const PARITY_MASK = 0x01;

const leafTag = taggedHash("TapLeaf");
const branchTag = taggedHash("TapBranch");
const tweakTag = taggedHash("TapTweak");

/** The last element of a script path witness, taken apart. */
export interface ControlBlock {
  readonly leafVersion: number;
  readonly outputParity: number;
  readonly internalKey: Uint8Array;
  /** Hashes of the siblings, from the leaf up. */
  readonly path: readonly Uint8Array[];
}

/** @throws ScriptFailure TAPROOT_WRONG_CONTROL_SIZE */
export function readControlBlock(bytes: Uint8Array): ControlBlock {
  const pathBytes = bytes.length - CONTROL_BASE_BYTES;
  const nodes = pathBytes / CONTROL_NODE_BYTES;
  demand(Number.isInteger(nodes) && nodes >= 0 && nodes <= MAX_CONTROL_NODES, "TAPROOT_WRONG_CONTROL_SIZE");
  const first = bytes[0] as number;
  return {
    leafVersion: first & LEAF_VERSION_MASK,
    outputParity: first & PARITY_MASK,
    internalKey: bytes.subarray(1, CONTROL_BASE_BYTES),
    path: Array.from({ length: nodes }, (_, node) => {
      const from = CONTROL_BASE_BYTES + node * CONTROL_NODE_BYTES;
      return bytes.subarray(from, from + CONTROL_NODE_BYTES);
    }),
  };
}

/** BIP341: hash of a leaf, which signatures in its script cover. */
export function leafHash(leafVersion: number, script: Uint8Array): Uint8Array {
  return leafTag(new ByteWriter(script.length + 10).u8(leafVersion).varBytes(script).finish());
}

/** BIP341: hash of two branches, the smaller one first. */
export function branchHash(a: Uint8Array, b: Uint8Array): Uint8Array {
  return compareBytes(a, b) < 0 ? branchTag(a, b) : branchTag(b, a);
}

/** BIP341: the root over a leaf and its siblings from the leaf up. */
export function rootOf(leaf: Uint8Array, path: readonly Uint8Array[]): Uint8Array {
  return path.reduce(branchHash, leaf);
}

/** BIP341: what the internal key is tweaked by; without a root nothing but the key path can spend. */
export function taprootTweak(internalKey: Uint8Array, root: Uint8Array = new Uint8Array(0)): Uint8Array {
  return tweakTag(internalKey, root);
}
