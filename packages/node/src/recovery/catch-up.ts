import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Clock } from "@forkyard/core/ports/clock";
import type { Curve } from "@forkyard/core/ports/curve";
import type { Log } from "@forkyard/core/ports/log";
import type { EngineChainStore } from "@forkyard/storage/chain-store";
import { Chain, type ChainStart } from "../chain/chain.ts";
import type { ChainListener } from "../chain/chain-events.ts";
import { CATCH_UP_BLOCKS, PROGRESS_LOG_MS } from "../limits.ts";
import type { ScriptRunner } from "../scripts/script-runner.ts";

const NOTHING_TO_GIVE_UP = (): void => {};

export interface CatchUpParts {
  readonly params: NetworkParams;
  readonly store: EngineChainStore;
  readonly curve: Curve;
  /** Who runs the scripts of blocks; the calling thread when absent. */
  readonly scripts?: ScriptRunner;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Connects what is stored and not connected, every rule and signature checked, in steps that are each on the disk as a
 * whole: an interruption costs one step.
 * @returns where the chain stands afterwards
 * @throws what the disk or a damaged record threw
 */
export async function catchUp(parts: CatchUpParts, start: ChainStart): Promise<ChainStart> {
  const { params, store, curve, scripts, log, clock } = parts;
  const failures: unknown[] = [];
  let giveUp = NOTHING_TO_GIVE_UP;
  const storageFailed = (error: unknown): void => {
    failures.push(error);
    giveUp();
  };
  const listener = loggingListener(log);
  const chain = new Chain({ params, store, curve, ...(scripts && { scripts }), listener, storageFailed }, start);
  /** @returns whether there is more to do */
  const step = (): Promise<boolean> =>
    new Promise((resolve) => {
      giveUp = () => resolve(false);
      chain.resumeStep(CATCH_UP_BLOCKS, resolve);
    });
  const target = chain.tree.bestCandidate().height;
  let toldMs = clock.monotonicMs();
  while ((await step()) && failures.length === 0) {
    await store.ready();
    if (clock.monotonicMs() - toldMs < PROGRESS_LOG_MS) continue;
    toldMs = clock.monotonicMs();
    log.info("connecting stored blocks", { height: chain.tip.height, of: target });
  }
  await chain.durable();
  if (failures.length > 0) throw failures[0];
  return { tree: chain.tree, tip: chain.tip, tipRecord: chain.tipRecord, nextSequence: start.nextSequence };
}

/** Nobody follows the chain yet; only a stored block that breaks a rule is worth a word. */
function loggingListener(log: Log): ChainListener {
  return {
    chainChanged: () => {},
    sideBlock: () => {},
    blockInvalid: ({ hash, height }, error) =>
      log.warn("stored block refused", { block: hash, height, rule: error.message }),
  };
}
