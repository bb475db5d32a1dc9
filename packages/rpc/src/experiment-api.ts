/** What an experiment does to a node of its own; part of the LabApi port. */
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash, Txid } from "@forkyard/core/hash";

export interface ExperimentApi {
  /** bitcoind's invalidateblock; resolves when it is on the disk. @throws InputError for the genesis block */
  invalidate(entry: ChainEntry): Promise<void>;
  /** bitcoind's reconsiderblock. */
  reconsider(entry: ChainEntry): Promise<void>;
  /** Makes a block final, if the node has checkpoints or chainlocks. @throws InputError on an ordinary node */
  lockBlock(hash: BlockHash, height: number): Promise<void>;
  /**
   * Goes over to other rules; "none": the network's own.
   * @param checkedFrom height of the first block that they may refuse
   * @throws InputError for an unknown name, and on an ordinary node
   */
  setRules(name: string, checkedFrom: number): Promise<void>;
  /** @throws InputError on an ordinary node */
  setClock(setting: ClockSetting): void;
  setMiningPolicy(policy: MiningPolicy): void;
}

/** A time of day that is not the machine's. */
export interface ClockSetting {
  /** Milliseconds since 1970 by the machine's clock, at which the node's showed `timeMs`. */
  readonly machineMs: number;
  readonly timeMs: number;
  /** Seconds of the node's clock in a second of the machine's. */
  readonly pace: number;
  /** How wrong the node's clock is against that. */
  readonly offsetMs: number;
}

export interface MiningPolicy {
  /** Transactions that are never mined by this node, nor what spends their outputs. */
  readonly censor: readonly Txid[];
  /** Blocks that hold one are not built upon, until so far behind; undefined: they are. */
  readonly featherBlocks: number | undefined;
}

/** What is wanted of a block that is mined on demand; what is absent is as the node would have it. */
export interface BlockWishes {
  /** Nothing from the mempool. */
  readonly empty?: boolean | undefined;
  /** Header version. */
  readonly version?: number | undefined;
  /** Text after the miner's tag in the coinbase. */
  readonly tag?: string | undefined;
  /** Header time of each block over the one before; the node's clock when absent. */
  readonly timeStepSeconds?: number | undefined;
}
