import { equalBytes } from "./bytes/bytes.ts";
import { hash256 } from "./hash.ts";

const NODE_BYTES = 32;

export interface MerkleResult {
  /** 32 bytes in hashing order; all zero for no leaves. */
  readonly root: Uint8Array;
  /**
   * True when two neighbours on some level are equal: the list may be a repetition of another one with the same root
   * (CVE-2012-2459), so a refusal says nothing about the header.
   */
  readonly mutated: boolean;
}

/** Merkle root over leaves of 32 bytes in hashing order; an odd last node is paired with itself. */
export function merkleRoot(leaves: readonly Uint8Array[]): MerkleResult {
  let level = leaves;
  let mutated = false;
  const children = new Uint8Array(2 * NODE_BYTES);
  while (level.length > 1) {
    const parents: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] as Uint8Array;
      const right = level[i + 1];
      if (right !== undefined && equalBytes(left, right)) mutated = true;
      children.set(left, 0);
      children.set(right ?? left, NODE_BYTES);
      parents.push(hash256(children));
    }
    level = parents;
  }
  return { root: level[0] ?? new Uint8Array(32), mutated };
}
