import type { Txid } from "@forkyard/core/hash";
import { StoppedError } from "@forkyard/devnet/nodes/stopped-error";
import type { Supervisor } from "@forkyard/devnet/nodes/supervisor";
import type { RemoteNode } from "@forkyard/devnet/remote/remote-node";
import type { Scenario } from "../../scenario/model.ts";
import type { Command, CommandResult } from "../command.ts";
import type { WorldEvent } from "../event.ts";
import type { NodeName, NodeReport, WalletBalance, WalletName, World } from "../world.ts";
import { LEAST_TIME_LIMIT_MS, LONGEST_REST_MS, REST_MS } from "./limits.ts";
import { LiveBranches } from "./live-branches.ts";
import { carryOutLive } from "./live-commands.ts";
import { LiveFeed } from "./live-feed.ts";
import { LiveLinks } from "./live-links.ts";
import { LiveNet } from "./live-net.ts";
import { LiveOrders } from "./live-orders.ts";
import { LivePayments } from "./live-payments.ts";
import { liveHashRate } from "./live-plan.ts";
import type { LiveTime } from "./live-time.ts";

export interface LiveWorldParts {
  readonly supervisor: Supervisor;
  /** Called last, when all processes have ended. */
  readonly cleanUp: () => Promise<void>;
  readonly time: LiveTime;
  /** Height of the last block before the scenario, and the time of its header. */
  readonly begin: { readonly height: number; readonly timeMs: number };
}

/** A scenario's world of real processes: time is the clock's, blocks are mined for real. Made by `createLiveWorld`. */
export class LiveWorld implements World {
  readonly kind = "live";
  readonly #supervisor: Supervisor;
  readonly #net: LiveNet;
  readonly #feed: LiveFeed;
  readonly #branches: LiveBranches;
  readonly #payments: LivePayments;
  readonly #links: LiveLinks;
  readonly #time: LiveTime;
  readonly #orders: LiveOrders;
  readonly #hashRate: number;
  readonly #shares: Map<NodeName, number>;
  readonly #listeners: ((event: WorldEvent) => void)[] = [];
  /** What calls off each timer that runs. */
  readonly #waiting = new Set<() => void>();
  readonly #streams = new AbortController();
  readonly #cleanUp: () => Promise<void>;
  #look: (() => void) | undefined;
  #failure: Error | undefined;
  #lastEventMs = 0;

  /** @param signal gives the run up */
  constructor(scenario: Scenario, { supervisor, cleanUp, time, begin }: LiveWorldParts, signal?: AbortSignal) {
    signal?.addEventListener("abort", () => this.#failed(new StoppedError("the run was stopped")));
    this.#supervisor = supervisor;
    this.#cleanUp = cleanUp;
    this.#time = time;
    const clocks = { machineMs: Date.now(), timeMs: begin.timeMs, pace: time.pace };
    this.#orders = new LiveOrders(scenario.nodes, clocks, begin.height);
    this.#net = new LiveNet(supervisor);
    this.#hashRate = liveHashRate(scenario);
    this.#shares = new Map(scenario.nodes.map(({ name, hashShare }) => [name, hashShare]));
    const nowMs = (): number => this.nowMs();
    const emit = (event: WorldEvent): void => this.#emit(event);
    this.#feed = new LiveFeed({
      nowMs,
      emit,
      names: [...this.#shares.keys()],
      nameOfPeer: (peerId) => this.#net.devnet.nodes.find(({ state }) => state.peerId === peerId)?.name,
    });
    const mines = (node: NodeName): boolean => (this.#shares.get(node) ?? 0) > 0;
    const failed = (error: unknown): void => this.#failed(error);
    this.#branches = new LiveBranches({ nowMs, feed: this.#feed, mines, failed });
    this.#payments = new LivePayments({ net: this.#net, branches: this.#branches, nowMs, emit });
    this.#links = new LiveLinks(this.#net, scenario.links, time.pace);
  }

  /** Links as the scenario says, events and time from now on, and everybody mines. */
  async begin(): Promise<void> {
    await this.#links.apply();
    const nodes = this.#net.devnet.running();
    await Promise.all(nodes.map((node) => this.#orders.repeat(node)));
    await Promise.all(nodes.map((node) => this.#follow(node)));
    this.#time.restart();
    await Promise.all(nodes.map((node) => node.setMining((this.#shares.get(node.name) ?? 0) * this.#hashRate)));
  }

  nowMs(): number {
    return this.#time.nowMs();
  }

  after(delayMs: number, run: () => void): () => void {
    const waiting = this.#time.after(delayMs, () => {
      this.#waiting.delete(waiting);
      run();
      this.#look?.();
    });
    this.#waiting.add(waiting);
    return () => {
      waiting();
      this.#waiting.delete(waiting);
    };
  }

  onEvent(listener: (event: WorldEvent) => void): void {
    this.#listeners.push(listener);
  }

  perform(command: Command, done: (result: CommandResult) => void): void {
    const world = {
      supervisor: this.#supervisor,
      net: this.#net,
      branches: this.#branches,
      payments: this.#payments,
      links: this.#links,
      orders: this.#orders,
      hashRate: this.#hashRate,
      shares: this.#shares,
      nowMs: () => this.nowMs(),
      emit: (event: WorldEvent) => this.#emit(event),
      follow: (node: NodeName) => this.#follow(this.#net.devnet.runningNode(node)),
    };
    this.#answer(carryOutLive(world, command), done);
  }

  /** Where each node answers, for commands of the user's. */
  get addresses(): readonly { readonly node: NodeName; readonly rpc: string; readonly cookieFile: string }[] {
    return this.#net.devnet.nodes.map(({ name, state }) => ({
      node: name,
      rpc: state.rpc,
      cookieFile: state.cookieFile,
    }));
  }

  report(node: NodeName, done: (report: NodeReport) => void): void {
    this.#answer(this.#report(this.#net.devnet.runningNode(node)), done);
  }

  balance(wallet: WalletName, done: (balance: WalletBalance) => void): void {
    const asked = this.#net.devnet.walletHost(wallet).balances(wallet);
    const named = asked.then(({ spendable, unconfirmed, immature }) => ({
      confirmed: spendable,
      unconfirmed,
      immature,
    }));
    this.#answer(named, done);
  }

  comeToRest(done: () => void): void {
    const mining = this.#net.devnet.running().map((node) => node.setMining(0));
    this.#answer(Promise.all(mining), () => this.#awaitQuiet(this.nowMs() + LONGEST_REST_MS * this.#time.pace, done));
  }

  async runUntil(finished: () => boolean, timeLimitMs: number): Promise<"finished" | "time-up"> {
    const over = Promise.withResolvers<"finished" | "time-up">();
    const limitMs = Math.max(timeLimitMs, LEAST_TIME_LIMIT_MS * this.#time.pace);
    const callOff = this.#time.after(limitMs - this.nowMs(), () => over.resolve("time-up"));
    this.#look = () => {
      if (this.#failure !== undefined) over.reject(this.#failure);
      else if (finished()) over.resolve("finished");
    };
    this.#look();
    try {
      return await over.promise;
    } finally {
      callOff();
      this.#look = undefined;
    }
  }

  async close(): Promise<void> {
    for (const callOff of this.#waiting) callOff();
    this.#streams.abort();
    await this.#branches.close();
    await this.#feed.told();
    this.#net.close();
    await this.#supervisor.stop();
    await this.#cleanUp();
  }

  /** Thousands of blocks that were just published take their time to arrive, and are told of one by one. */
  #awaitQuiet(endMs: number, done: () => void): void {
    const quietMs = REST_MS * this.#time.pace;
    const leftMs = Math.min(this.#lastEventMs + quietMs, endMs) - this.nowMs();
    if (leftMs <= 0) done();
    else this.after(leftMs, () => this.#awaitQuiet(endMs, done));
  }

  async #report(node: RemoteNode): Promise<NodeReport> {
    const [{ height, tip, chainWork, coins }, mempool, peers] = await Promise.all([
      node.status(),
      node.mempool(),
      node.call("getpeerinfo", []) as Promise<readonly { readonly id?: unknown; readonly peerid?: string }[]>,
    ]);
    const names = this.#net.devnet.nodes.filter(({ state }) => peers.some(({ peerid }) => peerid === state.peerId));
    return {
      tip: { hash: tip, height },
      chainWork: BigInt(`0x${chainWork}`),
      coins: { count: coins.count, total: BigInt(coins.total) },
      mempool: mempool as readonly Txid[],
      peers: names.map(({ name }) => name),
    };
  }

  /** Follows a node's events from now on, until it ends. */
  async #follow(node: RemoteNode): Promise<void> {
    const { events } = await node.status();
    const read = async (): Promise<void> => {
      for await (const line of node.events(events + 1, this.#streams.signal)) {
        if ("sequence" in line) this.#feed.take(node, line, (error) => this.#unlessEnded(node, error));
      }
    };
    void read().catch((error: unknown) => this.#unlessEnded(node, error));
  }

  /** A node that was ended on purpose breaks what was under way with it. */
  #unlessEnded(node: RemoteNode, error: unknown): void {
    const runs = this.#net.devnet.running().some(({ state }) => state.process?.pid === node.state.process?.pid);
    if (runs && !this.#streams.signal.aborted) this.#failed(error);
  }

  #answer<T>(asked: Promise<T>, done: (result: T) => void): void {
    const answer = async (): Promise<void> => {
      const result = await asked;
      // What the nodes told before they answered comes first.
      await this.#feed.told();
      done(result);
      this.#look?.();
    };
    void answer().catch((error: unknown) => this.#failed(error));
  }

  #emit(event: WorldEvent): void {
    this.#lastEventMs = this.nowMs();
    for (const listener of this.#listeners) listener(event);
    this.#look?.();
  }

  #failed(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#look?.();
  }
}
