import { checkBlock } from "@forkyard/consensus/rules/check-block";
import type { CheckedBlock } from "@forkyard/consensus/rules/stages";
import { type Block, blockFromBytes } from "@forkyard/core/block";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Curve } from "@forkyard/core/ports/curve";

/** What can be made of a block's bytes by themselves. Pure: chains that are given the same blocks may share a reader. */
export interface BlockReader {
  /** @throws DecodeError */
  decode(bytes: Uint8Array): Block;
  /** @throws RuleError */
  check(block: Block): CheckedBlock;
}

/** Reads every block anew. */
export function plainBlockReader(params: NetworkParams, curve: Curve): BlockReader {
  return { decode: blockFromBytes, check: (block) => checkBlock(block, params, curve) };
}
