import { setImmediate as nextTurn } from "node:timers/promises";
import { assert } from "@forkyard/core/errors";
import { StoreDamagedError } from "@forkyard/storage/errors";
import type { Command, CommandResult } from "../command.ts";
import type { WorldEvent } from "../event.ts";
import type { NodeName, NodeReport, PaymentName, WalletBalance, WalletName, World } from "../world.ts";
import { carryOut } from "./commands/carry-out.ts";
import type { SimNetwork } from "./network/sim-network.ts";
import type { NodeNews } from "./node/node-news.ts";
import type { SimHost } from "./node/sim-host.ts";
import type { SimInside, SimPayment } from "./sim-inside.ts";
import { type VirtualTime, WORLD_NODE } from "./time/virtual-time.ts";
import type { SimWallet } from "./wallet/sim-wallet.ts";

const US_PER_MS = 1_000;
/** Events after which promises that were kept are cleared away. */
const EVENTS_PER_BREATH = 512;
/** Breaths after which the rest of the process gets a turn, to hear Ctrl-C for instance. */
const BREATHS_PER_TURN = 16;

export interface SimWorldParts {
  readonly time: VirtualTime;
  readonly network: SimNetwork;
  /** Height of the bootstrap's last block. */
  readonly startHeight: number;
  readonly hosts: ReadonlyMap<NodeName, SimHost>;
  readonly wallets: ReadonlyMap<WalletName, SimWallet>;
}

/**
 * A world on a virtual clock. Whatever a node does happens within one event of the heap; what it tells is passed on
 * when the event is over, so that whoever listens finds all nodes at rest and may give commands at once.
 */
export class SimWorld implements World, SimInside {
  readonly kind = "sim";
  readonly payments: Map<PaymentName, SimPayment> = new Map();
  readonly #parts: SimWorldParts;
  readonly #listeners: ((event: WorldEvent) => void)[] = [];
  #untold: WorldEvent[] = [];
  #telling = false;
  /** What goes on beside the heap: nothing else happens until it is done. */
  #underWay: Promise<void>[] = [];
  /** Something happened that the scenario may have waited for. */
  #news = false;
  #failure: { readonly error: unknown } | undefined;
  #eventsDone = 0;
  #disksBusy = false;
  readonly #damaged = new Set<NodeName>();

  constructor(parts: SimWorldParts) {
    this.#parts = parts;
  }

  get hosts(): ReadonlyMap<NodeName, SimHost> {
    return this.#parts.hosts;
  }

  get wallets(): ReadonlyMap<WalletName, SimWallet> {
    return this.#parts.wallets;
  }

  get network(): SimNetwork {
    return this.#parts.network;
  }

  get startHeight(): number {
    return this.#parts.startHeight;
  }

  /** Events of the heap so far. */
  get eventsDone(): number {
    return this.#eventsDone;
  }

  nowMs(): number {
    return this.#parts.time.nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const { time } = this.#parts;
    const planned = time.plan(WORLD_NODE, Math.max(0, delayMs) * US_PER_MS, () => {
      this.#news = true;
      run();
    });
    return () => time.callOff(planned);
  }

  onEvent(listener: (event: WorldEvent) => void): void {
    this.#listeners.push(listener);
  }

  perform(command: Command, done: (result: CommandResult) => void): void {
    const result = carryOut(this, command);
    if (!(result instanceof Promise)) done(result);
    else this.#underWay.push(answerLater(result, done));
    this.#tellAll();
  }

  /** Nothing moves while it is looked at: every moment is one state. */
  comeToRest(done: () => void): void {
    done();
  }

  report(name: NodeName, done: (report: NodeReport) => void): void {
    const node = this.hosts.get(name)?.node;
    assert(node !== undefined, `${name} does not run: it has nothing to report`);
    const { tip, tipRecord } = node.chain;
    done({
      tip: { hash: tip.hash, height: tip.height },
      chainWork: tip.chainWork,
      coins: { count: tipRecord.coinCount, total: tipRecord.coinTotal },
      mempool: Array.from(node.mempool.entries(), ({ txid }) => txid),
      peers: node.transport.peers().map(({ id }) => id),
    });
  }

  balance(name: WalletName, done: (balance: WalletBalance) => void): void {
    const wallet = this.wallets.get(name);
    assert(wallet !== undefined, `there is no wallet ${name}`);
    done(wallet.wallet.balance());
  }

  async runUntil(finished: () => boolean, timeLimitMs: number): Promise<"finished" | "time-up"> {
    const limitUs = Math.floor(timeLimitMs * US_PER_MS);
    this.#news = true;
    for (;;) {
      while (this.#underWay.length > 0) await this.#settle();
      this.#tellAll();
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#news && finished()) return "finished";
      this.#news = false;
      if (!this.#step(limitUs)) return finished() ? "finished" : "time-up";
      this.#eventsDone += 1;
      if (this.#disksBusy) await this.#waitForDisks();
      if (this.#eventsDone % EVENTS_PER_BREATH === 0) await this.#breathe();
    }
  }

  async close(): Promise<void> {
    for (const host of this.hosts.values()) await host.stop();
    this.#untold = [];
  }

  tell(node: NodeName, news: NodeNews): void {
    this.#untold.push({ atMs: this.nowMs(), node, ...news });
  }

  /** A disk refused a write, or a node found its store damaged: the run is over. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Something is on its way to a disk or has just got there: what waits for it goes on before the next event. */
  diskMoved(): void {
    this.#disksBusy = true;
  }

  /** A node read a damaged record: its process ends as soon as it can. */
  diskDamaged(node: NodeName): void {
    this.#damaged.add(node);
  }

  /** @returns false when nothing is left to happen until then */
  #step(limitUs: number): boolean {
    let happened = true;
    try {
      happened = this.#parts.time.step(limitUs);
    } catch (error) {
      if (!(error instanceof StoreDamagedError) || this.#damaged.size === 0) throw error;
    }
    for (const node of this.#damaged) this.hosts.get(node)?.crash("keep");
    this.#damaged.clear();
    return happened;
  }

  /** Promises of the storage code resolve by promises alone: one turn of the process settles all of them. */
  async #waitForDisks(): Promise<void> {
    this.#disksBusy = false;
    await nextTurn();
  }

  /** Passes on what was told, and what that leads to, in order. */
  #tellAll(): void {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let next = 0; next < this.#untold.length; next++) {
        const event = this.#untold[next] as WorldEvent;
        for (const listener of this.#listeners) listener(event);
        this.#news = true;
      }
      this.#untold = [];
    } finally {
      this.#telling = false;
    }
  }

  async #settle(): Promise<void> {
    const underWay = this.#underWay;
    this.#underWay = [];
    for (const each of underWay) await each;
  }

  /** Nothing in the world waits for promises or turns: these only let go of memory and of the processor. */
  async #breathe(): Promise<void> {
    if ((this.#eventsDone / EVENTS_PER_BREATH) % BREATHS_PER_TURN === 0) await nextTurn();
    else await Promise.resolve();
  }
}

async function answerLater(result: Promise<CommandResult>, done: (result: CommandResult) => void): Promise<void> {
  done(await result);
}
