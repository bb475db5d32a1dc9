import { condemnsHash } from "@forkyard/consensus/rules/codes";
import type { CheckedBlock } from "@forkyard/consensus/rules/stages";
import type { Block } from "@forkyard/core/block";
import { RuleError } from "@forkyard/core/errors";
import type { BlockReader } from "../chain/block-reader.ts";

/** Result of the stage: the block, or why not and whether its header may be remembered as bad. */
export type CheckResult =
  | { readonly checked: CheckedBlock }
  | { readonly error: RuleError /** True when the header commits to the fault. */; readonly blamesHeader: boolean };

/** Stage 1: what can be said of a block by itself. */
export function checkStage(block: Block, reader: Pick<BlockReader, "check">): CheckResult {
  try {
    return { checked: reader.check(block) };
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    return { error, blamesHeader: blamesHeader(error) };
  }
}

/**
 * A body that is not the one its header commits to says nothing about the header (CVE-2012-2459, stripped witnesses),
 * and a header without proof of work is not worth remembering.
 */
export function blamesHeader(error: RuleError): boolean {
  return condemnsHash(error) && error.code !== "high-hash";
}
