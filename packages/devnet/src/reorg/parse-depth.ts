import { InputError } from "@forkyard/core/errors";
import { MAX_REORG_DEPTH } from "../limits.ts";

/** Reads DEPTH. @throws InputError unless it is a whole number from 1 on */
export function parseDepth(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) {
    throw new InputError(`${JSON.stringify(text)} is not a depth: give how many blocks to take back, 1 or more`);
  }
  const depth = Number(text);
  if (depth > MAX_REORG_DEPTH)
    throw new InputError(`${depth} blocks are too many: reorg takes back ${MAX_REORG_DEPTH} at most`);
  return depth;
}

/** @throws InputError when the chain has no block that deep; the genesis block stays */
export function requireDepth(depth: number, height: number): void {
  if (depth > height) {
    throw new InputError(`the chain has ${height} blocks on its genesis block, so ${depth} cannot be taken back`);
  }
}
