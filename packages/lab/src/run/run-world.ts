import { issuedUpTo } from "@forkyard/devnet/observe/supply";
import type { Scenario } from "../scenario/model.ts";
import type { TraceRun } from "../trace/trace-entry.ts";
import { type LineSink, TraceWriter } from "../trace/trace-writer.ts";
import type { WorldEvent } from "../world/event.ts";
import type { NodeReport, WalletBalance, World } from "../world/world.ts";
import type { ActorKinds } from "./actor-kind.ts";
import { Actors } from "./actors.ts";
import type { ExecPort } from "./exec-port.ts";
import { judge, type Outcome, type Verdict } from "./judge.ts";
import { Observation } from "./observation.ts";
import type { ScenarioResult } from "./result.ts";
import { type ExecAction, type StepFailure, Timeline } from "./timeline.ts";
import { WatchedWorld } from "./watched-world.ts";

/** What one run of one scenario needs besides its world. */
export interface RunOptions {
  readonly kinds: ActorKinds;
  readonly run: TraceRun;
  /** Heights between halvings in this world. */
  readonly halvingBlocks: number;
  readonly traceLine?: LineSink | undefined;
  /** Told every event as it happens: for progress and reports. */
  readonly onEvent?: ((event: WorldEvent) => void) | undefined;
  /** Absent: exec steps fail. */
  readonly exec?: ExecPort | undefined;
  readonly execEnvironment?: Readonly<Record<string, string>> | undefined;
  /** From this moment on another scenario's timeline, actors and expectations take over. */
  readonly branch?: { readonly atMs: number; readonly scenario: Scenario } | undefined;
}

export type SingleResult = Omit<ScenarioResult, "variants">;

/** Runs a scenario in a world that was made for it, to its end. The world is the caller's to close. */
export async function runWorld(scenario: Scenario, world: World, options: RunOptions): Promise<SingleResult> {
  const run = new WorldRun(scenario, world, options);
  await run.begin();
  await run.untilTheEnd();
  return run.result();
}

interface PendingExec {
  readonly action: ExecAction;
  readonly done: (failure: string | undefined) => void;
}

class WorldRun {
  /** Whose timeline, actors and expectations count. */
  #scenario: Scenario;
  readonly #world: World;
  readonly #options: RunOptions;
  readonly #trace: TraceWriter;
  #observation!: Observation;
  #watched!: WatchedWorld;
  #actors!: Actors;
  #timeline!: Timeline;
  #before: ReadonlyMap<string, WalletBalance> = new Map();
  #pending: PendingExec | undefined;
  #settling = false;
  #settled = false;

  constructor(scenario: Scenario, world: World, options: RunOptions) {
    this.#scenario = scenario;
    this.#world = world;
    this.#options = options;
    this.#trace = new TraceWriter(options.traceLine);
  }

  async begin(): Promise<void> {
    const { run, branch } = this.#options;
    this.#trace.write({ run });
    const start = await this.#startTip();
    this.#trace.write({ start });
    this.#observation = new Observation([this.#scenario, ...(branch === undefined ? [] : [branch.scenario])], start);
    this.#cast();
    this.#watched.listen((event) => {
      this.#options.onEvent?.(event);
      this.#actors.observe(event);
      this.#timeline.check();
    });
    this.#before = await this.#balances();
    this.#start();
    if (branch !== undefined) this.#world.after(branch.atMs, () => this.#goOnWith(branch.scenario));
  }

  /** Everybody who has a say, from the scenario. */
  #cast(): void {
    const { kinds, run } = this.#options;
    this.#watched = new WatchedWorld(this.#world, this.#observation, this.#trace);
    this.#actors = new Actors(this.#scenario, kinds, this.#watched, run.seed);
    this.#timeline = new Timeline(this.#scenario, this.#watched, {
      actorDone: (actor) => this.#actors.done(actor),
      adjust: (actor, change) => this.#actors.adjust(actor, change),
      exec: (action, done) => {
        this.#pending = { action, done };
      },
    });
  }

  #start(): void {
    this.#actors.start();
    this.#timeline.start();
  }

  #goOnWith(scenario: Scenario): void {
    this.#watched.retire();
    this.#scenario = scenario;
    this.#cast();
    this.#start();
  }

  async untilTheEnd(): Promise<void> {
    const finished = (): boolean => this.#finished();
    const { timeLimitMs } = this.#options.branch?.scenario ?? this.#scenario;
    for (;;) {
      const ended = await this.#world.runUntil(finished, timeLimitMs);
      const pending = this.#pending;
      if (ended === "time-up" || pending === undefined) return;
      // The world stands still as long as nobody lets it go on.
      this.#pending = undefined;
      pending.done(await this.#execute(pending.action));
    }
  }

  async result(): Promise<SingleResult> {
    const { run } = this.#options;
    const observation = this.#observation;
    const after = await this.#balances();
    const outcome: Outcome = {
      observation,
      balances: after,
      reports: await this.#reports(),
      results: this.#actors.results(),
      issuedUpTo: (height) => issuedUpTo(height, this.#options.halvingBlocks),
    };
    const expectations: readonly Verdict[] = [
      ...failedSteps(this.#timeline.failures),
      ...this.#scenario.expectations.map((expectation) => judge(expectation, outcome)),
    ];
    const endedAtMs = this.#world.nowMs();
    return {
      name: this.#scenario.name,
      world: this.#world.kind,
      seed: run.seed,
      passed: expectations.every(({ passed }) => passed),
      traceHash: this.#trace.end(endedAtMs),
      expectations,
      reorgs: observation.reorgs.map(({ node, depth, at }) => ({ node, depth, at: Math.round(at) })),
      payments: this.#fates(),
      balances: balanceChanges(this.#before, after),
      result: outcome.results,
      events: observation.events,
      endedAtMs: Math.round(endedAtMs),
      ended: this.#settled ? "done" : "time-limit",
    };
  }

  /** True when the world must not go on: something waits to be executed, or all is over and settled. */
  #finished(): boolean {
    this.#timeline.check();
    if (this.#pending !== undefined || this.#settled) return true;
    if (this.#settling || !this.#allDone()) return false;
    this.#settling = true;
    this.#world.after(this.#scenario.settleMs, () => {
      this.#world.comeToRest(() => {
        this.#settled = true;
      });
    });
    return false;
  }

  #allDone(): boolean {
    const { branch } = this.#options;
    if (branch !== undefined && this.#scenario !== branch.scenario) return false;
    if (!this.#timeline.finished) return false;
    return this.#timeline.endHolds() ?? this.#actors.allDone();
  }

  async #execute(action: ExecAction): Promise<string | undefined> {
    const { exec, execEnvironment, run } = this.#options;
    const { command, expectExit, timeLimitMs } = action;
    if (exec === undefined) return "exec: commands of a scenario only run with --allow-exec";
    const at = this.#world.nowMs();
    const environment = {
      ...execEnvironment,
      FORKYARD_WORLD: run.world,
      FORKYARD_SCENARIO: run.name,
      FORKYARD_SEED: String(run.seed),
      FORKYARD_TIME_MS: String(Math.floor(at)),
    };
    const { exit, output } = await exec({ command, timeLimitMs, environment });
    this.#trace.write({ exec: { command, exit }, at });
    if (exit === expectExit) return undefined;
    const [firstLine = ""] = output.trim().split("\n");
    return `exec: ${command[0]} ended with ${exit}, not ${expectExit}${firstLine === "" ? "" : ` (${firstLine})`}`;
  }

  async #startTip(): Promise<NodeReport["tip"]> {
    const node = this.#scenario.nodes.find(({ running }) => running) ?? this.#scenario.nodes[0];
    return (await this.#report(node?.name ?? "")).tip;
  }

  #report(node: string): Promise<NodeReport> {
    return new Promise((resolve) => {
      this.#world.report(node, resolve);
    });
  }

  /** Only of nodes that an expectation asks about: each is work. */
  async #reports(): Promise<ReadonlyMap<string, NodeReport>> {
    const reports = new Map<string, NodeReport>();
    for (const expectation of this.#scenario.expectations) {
      if (expectation.kind !== "supply" || !this.#observation.isRunning(expectation.node)) continue;
      reports.set(expectation.node, await this.#report(expectation.node));
    }
    return reports;
  }

  async #balances(): Promise<ReadonlyMap<string, WalletBalance>> {
    const balances = new Map<string, WalletBalance>();
    for (const { name } of this.#scenario.wallets) {
      const balance = await new Promise<WalletBalance>((resolve) => {
        this.#world.balance(name, resolve);
      });
      balances.set(name, balance);
    }
    return balances;
  }

  #fates(): ScenarioResult["payments"] {
    const { views, payees } = this.#observation;
    const nodeOf = new Map(this.#scenario.wallets.map(({ name, node }) => [name, node]));
    return [...views.payments.payments].map(([payment, txid]) => {
      const on = nodeOf.get(payees.get(payment) ?? "") ?? this.#scenario.nodes[0]?.name ?? "";
      return { payment, txid, fate: views.payments.fate(on, txid, views.confirmations(on, txid) > 0), on };
    });
  }
}

/** One verdict for each line: a step that is repeated may fail each time. */
function failedSteps(failures: readonly StepFailure[]): readonly Verdict[] {
  const lines = [...new Set(failures.map(({ line }) => line))];
  return lines.map((line) => {
    const [first, ...more] = failures.filter((failure) => failure.line === line);
    const times = more.length === 0 ? "" : `, and ${more.length} more`;
    return { text: `the step on line ${line} is carried out`, passed: false, observed: `${first?.reason}${times}` };
  });
}

function balanceChanges(
  before: ReadonlyMap<string, WalletBalance>,
  after: ReadonlyMap<string, WalletBalance>,
): ScenarioResult["balances"] {
  const entries = [...after].map(([wallet, { confirmed }]) => [
    wallet,
    { before: Number(before.get(wallet)?.confirmed ?? 0n), after: Number(confirmed) },
  ]);
  return Object.fromEntries(entries);
}
