import type { ChainEntry } from "@forkyard/core/chain";
import { InputError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { ClockSetting, ExperimentApi, MiningPolicy } from "@forkyard/rpc/experiment-api";
import type { Laboratory } from "../laboratory/laboratory.ts";
import { MAX_CENSORED_TRANSACTIONS, VERDICT_PAUSE_MS, VERDICT_TRIES } from "../limits.ts";
import type { MiningDesk } from "../mining/mining-desk.ts";
import type { Node } from "../node.ts";

/** What an experiment does to a node: a node that was not configured for one refuses what concerns its rules and its clock. */
export function experimentApi(node: Node, desk: MiningDesk, laboratory: Laboratory | undefined): ExperimentApi {
  const own = (): Laboratory => {
    if (laboratory !== undefined) return laboratory;
    throw new InputError('this node is not one of an experiment: its configuration needs the key "laboratory"');
  };
  const { chain } = node;
  return {
    invalidate: (entry: ChainEntry) => durably(node, () => chain.invalidate(entry)),
    reconsider: (entry: ChainEntry) => durably(node, () => chain.reconsider(entry)),
    lockBlock: (hash: BlockHash, height: number) => durably(node, () => own().judgement.lock({ hash, height }, chain)),
    setRules: (name: string, checkedFrom: number) =>
      durably(node, () => own().judgement.setRules(name, chain, checkedFrom)),
    setClock: (setting: ClockSetting) => {
      own().clock.set(setting);
      desk.clock.tipChanged(chain.tip);
      desk.miner.renew();
    },
    setMiningPolicy: ({ censor, featherBlocks }: MiningPolicy) => {
      if (censor.length > MAX_CENSORED_TRANSACTIONS) {
        throw new InputError(`a miner can leave out ${MAX_CENSORED_TRANSACTIONS} transactions, not ${censor.length}`);
      }
      desk.habits.setPolicy({ censor: new Set(censor), featherBlocks });
      desk.miner.renew();
    },
  };
}

/** Changes what the chain holds for valid while no scripts are run; resolves when all that follows is on the disk. */
async function durably(node: Node, change: () => void): Promise<void> {
  await untilStill(node);
  change();
  await untilStill(node);
  await node.chain.durable();
}

async function untilStill({ chain, timers }: Node): Promise<void> {
  for (let tries = 0; chain.moving && tries < VERDICT_TRIES; tries++) {
    await new Promise<void>((resume) => void timers.after(VERDICT_PAUSE_MS, resume));
  }
}
