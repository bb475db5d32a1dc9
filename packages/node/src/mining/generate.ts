import type { BlockTemplate } from "@forkyard/consensus/miner/block-template";
import type { Block } from "@forkyard/core/block";
import { InputError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { GenerateRequest } from "@forkyard/rpc/node-api";
import type { BlockWishes } from "../laboratory/mining-habits.ts";
import { ANNOUNCEMENT_PAUSE_MS, MAX_BLOCKS_PER_CALL } from "../limits.ts";
import type { Miner } from "./miner.ts";

export interface GenerateParts {
  readonly miner: Pick<Miner, "exclusive" | "search">;
  /** A template on the current tip. */
  readonly template: (payTo: Uint8Array, wishes: BlockWishes | undefined) => BlockTemplate;
  /** Takes the block into the chain. Resolves when it is on the disk: mining on demand must not outrun it. */
  readonly submit: (block: Block) => Promise<void>;
  /** Tells peers of the tip. */
  readonly announce: () => void;
  readonly monotonicMs: () => number;
}

/**
 * Mines blocks on the tip at full power, one after the other, each connected before the next is begun. Gives fewer
 * when the tries are used up or the caller goes away. Of many blocks in a moment only some are announced, the last one
 * always: peers fetch what lies between in one go, which costs them a fraction of a gossiped message for each.
 * @throws InputError when not one more block may be mined on demand now; with fewer, those that were mined stay
 */
export function generate(request: GenerateRequest, parts: GenerateParts): Promise<readonly BlockHash[]> {
  if (request.blocks > MAX_BLOCKS_PER_CALL) {
    throw new InputError(`at most ${MAX_BLOCKS_PER_CALL} blocks can be mined in one call, not ${request.blocks}`);
  }
  return parts.miner.exclusive(async () => {
    const hashes: BlockHash[] = [];
    let announced = 0;
    let announcedMs = Number.NEGATIVE_INFINITY;
    const announce = (): void => {
      parts.announce();
      announced = hashes.length;
      announcedMs = parts.monotonicMs();
    };
    try {
      while (hashes.length < request.blocks) {
        const found = await nextBlock(request, parts);
        if (found === undefined) break;
        await parts.submit(found);
        hashes.push(found.hash);
        if (parts.monotonicMs() - announcedMs >= ANNOUNCEMENT_PAUSE_MS) announce();
      }
      return hashes;
    } finally {
      if (announced < hashes.length) announce();
    }
  });
}

async function nextBlock(request: GenerateRequest, parts: GenerateParts): Promise<Block | undefined> {
  const found = await parts.miner.search(() => parts.template(request.scriptPubKey, request.wishes), {
    signal: request.signal,
    maxTries: request.maxTries,
    followTip: true,
  });
  return typeof found === "string" ? undefined : found;
}
