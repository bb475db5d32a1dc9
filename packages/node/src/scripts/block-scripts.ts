import { availableParallelism } from "node:os";
import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { Curve } from "@forkyard/core/ports/curve";
import type { Random } from "@forkyard/core/ports/random";
import { MAX_SCRIPT_WORKERS } from "../limits.ts";
import { cachedScriptRunner } from "./cached-script-runner.ts";
import { ScriptPool } from "./pool/script-pool.ts";
import type { ScriptRunner } from "./script-runner.ts";
import { VerifiedTransactions } from "./verified-transactions.ts";

export interface BlockScriptsOptions {
  readonly curve: Curve;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** A thread ended or lied: the node must not outlive it. */
  readonly failed: (error: Error) => void;
}

/** Who runs the scripts of a node's blocks, and what it knows to pass. */
export interface BlockScripts {
  readonly verified: VerifiedTransactions;
  readonly runner: ScriptRunner;
  /** Threads that take part, the main one included. */
  readonly threads: number;
  close(): Promise<void>;
}

/** All cores, through a cache. No thread is started before a block needs it. */
export function openBlockScripts(options: BlockScriptsOptions): BlockScripts {
  const { curve, clock, timers, random, failed } = options;
  const workers = Math.min(availableParallelism() - 1, MAX_SCRIPT_WORKERS);
  const pool = new ScriptPool({ curve, clock, timers, workers, failed });
  const verified = new VerifiedTransactions(random);
  return { verified, runner: cachedScriptRunner(verified, pool), threads: workers + 1, close: () => pool.close() };
}
