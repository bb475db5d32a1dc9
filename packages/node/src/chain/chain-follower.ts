import type { ChainEntry } from "@forkyard/core/chain";
import type { RuleError } from "@forkyard/core/errors";
import type { Log } from "@forkyard/core/ports/log";
import type { Transaction } from "@forkyard/core/tx";
import type { EventLog } from "@forkyard/rpc/schema/event-log";
import type { MempoolFollower } from "../mempool/mempool-follower.ts";
import type { WalletHost } from "../wallets/wallet-host.ts";
import type { Chain } from "./chain.ts";
import type { ChainChange, ChainListener, ConnectedChange } from "./chain-events.ts";
import { minerTag } from "./miner-tag.ts";

export interface FollowerParts {
  readonly mempool: MempoolFollower;
  readonly wallets: WalletHost;
  readonly events: EventLog;
  readonly log: Log;
}

/** Told of a new tip, with the transactions that came back to the mempool from blocks taken off. */
export type TipListener = (resurrected: readonly Transaction[]) => void;

/** Tells the rest of the node what the chain did, in the one order in which it makes sense. */
export class ChainFollower implements ChainListener {
  readonly #parts: FollowerParts;
  #chain: Chain | undefined;
  #tipChanged: TipListener | undefined;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /**
   * The chain is made after its listener.
   * @param tipChanged called last, when everybody else knows of the new tip
   */
  follow(chain: Chain, tipChanged: TipListener): void {
    this.#chain = chain;
    this.#tipChanged = tipChanged;
  }

  /** Wallets first: the mempool's news (a transaction returned or dropped) is about coins they must know of. */
  chainChanged(change: ChainChange): void {
    this.#parts.wallets.chainChanged(change);
    if (change.disconnected.length > 0) this.#announceReorg(change);
    for (const connected of change.connected) this.#announceBlock(connected);
    const resurrected = this.#parts.mempool.chainChanged(change);
    this.#tipChanged?.(resurrected);
  }

  sideBlock(entry: ChainEntry): void {
    const chain = this.#chain;
    if (chain === undefined) return;
    const fork = chain.tree.forkPoint(chain.tip, entry);
    this.#parts.events.append({
      type: "fork",
      hash: entry.hash,
      height: entry.height,
      forkPoint: { height: fork.height, hash: fork.hash },
    });
  }

  blockInvalid(entry: ChainEntry, error: RuleError): void {
    this.#parts.log.warn("block refused", { block: entry.hash, height: entry.height, rule: error.message });
  }

  #announceReorg({ fork, disconnected, connected, tip }: ChainChange): void {
    const removed = disconnected.map(({ entry }) => entry.hash);
    const added = connected.map(({ entry }) => entry.hash);
    const depth = removed.length;
    this.#parts.log.info("reorganised", { depth, fork: fork.hash, tip: tip.hash, height: tip.height });
    this.#parts.events.append({
      type: "reorg",
      depth,
      forkPoint: { height: fork.height, hash: fork.hash },
      removed,
      added,
    });
  }

  #announceBlock({ entry, block, fees }: ConnectedChange): void {
    const { hash, height } = entry;
    const miner = minerTag(block);
    const by = miner === null ? {} : { miner };
    this.#parts.log.info("block connected", { height, block: hash, transactions: block.txs.length, ...by });
    this.#parts.events.append({
      type: "block",
      hash,
      height,
      txCount: block.txs.length,
      fees: Number(fees),
      miner,
      blockTimeMs: block.header.time * 1000,
    });
  }
}
