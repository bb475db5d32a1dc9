import type { Txid } from "@forkyard/core/hash";
import type { Command, CommandResult } from "./command.ts";
import type { WorldEvent } from "./event.ts";
import type { BlockPlace, BranchName, NodeName, PaymentName, WalletName } from "./names.ts";

export type { BlockPlace, BranchName, NodeName, PaymentName, WalletName };

/** What a wallet holds, in satoshis. */
export interface WalletBalance {
  readonly confirmed: bigint;
  readonly unconfirmed: bigint;
  readonly immature: bigint;
}

/** What can be asked of a node besides what its events told. */
export interface NodeReport {
  readonly tip: BlockPlace;
  /** Cumulative work of the tip. */
  readonly chainWork: bigint;
  /** Coins at the tip and their sum in satoshis. */
  readonly coins: { readonly count: number; readonly total: bigint };
  readonly mempool: readonly Txid[];
  readonly peers: readonly NodeName[];
}

/**
 * Where a scenario happens: the simulator and the live devnet implement it. Whatever happens is told as a
 * {@link WorldEvent}; whatever is to happen is a {@link Command}. Both are plain data, so that a run can be written
 * down, compared and repeated.
 */
export interface World {
  readonly kind: "sim" | "live";
  /** Milliseconds since the scenario began: virtual time, or the clock's. */
  nowMs(): number;
  /** Calls back once, `delayMs` from now; returns what cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Called for every event, in the one order in which they happened. */
  onEvent(listener: (event: WorldEvent) => void): void;
  /** Carries a command out; `done` is called once, at once in the simulator, later in a live world. */
  perform(command: Command, done: (result: CommandResult) => void): void;
  report(node: NodeName, done: (report: NodeReport) => void): void;
  balance(wallet: WalletName, done: (balance: WalletBalance) => void): void;
  /** The end: nobody mines any more. Calls back when what was on its way has arrived, so that there is one state to judge. */
  comeToRest(done: () => void): void;
  /** Lets the world go on until `finished` says so after an event, or until the time is up. */
  runUntil(finished: () => boolean, timeLimitMs: number): Promise<"finished" | "time-up">;
  close(): Promise<void>;
}
