import type { Ancestry } from "@forkyard/consensus/rules/ancestry";
import { medianTimePast } from "@forkyard/consensus/rules/median-time";
import type { ChainEntry } from "@forkyard/core/chain";

/** The chain and the time as a call finds them. The coins must be those after `parent`. */
export interface MempoolContext {
  /** The chain's tip. */
  readonly parent: ChainEntry;
  readonly ancestry: Ancestry;
  /** Of the next block: parent.height + 1. */
  readonly height: number;
  /** Of `parent`, in seconds since 1970: what lock times are held against (BIP113). */
  readonly medianTimePast: number;
  readonly nowMs: number;
  /** Who sent it, for the bounds on orphans; absent for one of our own, which is never kept as an orphan. */
  readonly sender?: string;
}

/** The context on top of `parent`. */
export function mempoolContext(parent: ChainEntry, ancestry: Ancestry, nowMs: number, sender?: string): MempoolContext {
  const context = {
    parent,
    ancestry,
    height: parent.height + 1,
    medianTimePast: medianTimePast(parent, ancestry),
    nowMs,
  };
  return sender === undefined ? context : { ...context, sender };
}
