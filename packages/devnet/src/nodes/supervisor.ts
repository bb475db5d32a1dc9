import { setTimeout as pause } from "node:timers/promises";
import { assert, InputError } from "@forkyard/core/errors";
import { bootstrap } from "../bootstrap/bootstrap.ts";
import type { DevnetPlan, NodePlan } from "../config/plan-devnet.ts";
import { type DevnetFolder, nodeFolder } from "../folder/layout.ts";
import { lockDevnet } from "../folder/lock-file.ts";
import { keepSecret } from "../folder/private-file.ts";
import { identifyProcess } from "../folder/process-identity.ts";
import { type DevnetState, type NodeState, writeState } from "../folder/state-file.ts";
import { MAX_FAILED_RESTARTS, RESTART_PAUSE_MS } from "../limits.ts";
import { restoreCut } from "../partition/partition.ts";
import { clearPartition } from "../partition/partition-file.ts";
import { RunningDevnet } from "../remote/running-devnet.ts";
import { requireFreePorts } from "./free-ports.ts";
import { clearLeftovers } from "./leftovers.ts";
import { writeNodeConfig } from "./node-config-file.ts";
import { describeExit, NodeProcess, type NodeProgram } from "./node-process.ts";
import { StoppedError } from "./stopped-error.ts";

/** Exit code of a node that says its config, port or folder is wrong: starting it again would not help. */
const EXIT_BAD_INPUT = 2;

export interface SupervisorParts {
  readonly folder: DevnetFolder;
  readonly plan: DevnetPlan;
  readonly program: NodeProgram;
  /** Told in one line what happens to the processes. */
  readonly say: (line: string) => void;
  /** What is done once all nodes answer, instead of funding the wallets and switching mining on. */
  readonly prepare?: (devnet: RunningDevnet) => Promise<void>;
}

/** Runs the nodes of one devnet as child processes, from the first start to the last exit. */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #startedMs = Date.now();
  readonly #processes = new Map<string, NodeProcess>();
  readonly #states = new Map<string, NodeState>();
  /** Loops that keep one node running each; they end with the devnet. */
  readonly #keepers: Promise<void>[] = [];
  #unlock: (() => void) | undefined;
  #ready = false;
  /** False until the folder is known to be ours to write: before that its state is that of another run. */
  #owned = false;
  #stopping: Promise<void> | undefined;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    for (const node of parts.plan.nodes) this.#states.set(node.name, initialState(parts.folder, node));
  }

  /** Starts all nodes at once, funds the wallets, switches mining on. @throws InputError when something is in the way */
  async start(): Promise<void> {
    const { folder, plan } = this.#parts;
    this.#unlock = lockDevnet(folder);
    try {
      await clearLeftovers(folder, plan);
      await requireFreePorts(plan);
      this.#owned = true;
      keepSecret(folder.walletSecretFile);
      clearPartition(folder);
      await Promise.all(plan.nodes.map((node) => this.#launch(node)));
      this.#requireGoing();
      await this.#prepare();
      this.#ready = true;
      this.#writeState();
    } catch (error) {
      const stopped = this.#stopping !== undefined;
      await this.stop();
      throw stopped ? new StoppedError("stopped while starting") : error;
    }
    for (const node of plan.nodes) this.#keepers.push(this.#keep(node));
  }

  /** Ends all nodes, cleanly if they can. Safe to call at any time, and more than once. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Ends one node: at once as a crash does, or cleanly. It stays down unless the restart policy says otherwise. */
  async stopNode(name: string, how: "crash" | "cleanly"): Promise<void> {
    const child = this.#processes.get(name);
    if (child === undefined) throw new InputError(`there is no node ${name}`);
    await (how === "crash" ? child.kill() : child.stop());
  }

  /** Starts a node that has ended. @throws InputError when it does not come up */
  async startNode(name: string): Promise<void> {
    const node = this.#parts.plan.nodes.find((planned) => planned.name === name);
    if (node === undefined) throw new InputError(`there is no node ${name}`);
    if (this.#processes.get(name)?.running) throw new InputError(`${name} is running already`);
    await this.#launch(node);
    const devnet = this.devnet();
    try {
      await restoreCut(devnet, name);
    } finally {
      devnet.close();
    }
    this.#keepers.push(this.#keep(node));
  }

  /** The devnet as it is now, to be closed after use. */
  devnet(): RunningDevnet {
    return new RunningDevnet(this.#parts.folder, this.#state());
  }

  async #stopAll(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((child) => child.stop()));
    await Promise.all(this.#keepers);
    for (const [name, state] of this.#states) this.#states.set(name, { ...state, process: undefined });
    this.#ready = false;
    if (this.#owned) this.#writeState();
    this.#unlock?.();
  }

  async #launch(node: NodePlan): Promise<void> {
    const { folder, plan, program } = this.#parts;
    this.#requireGoing();
    const configFile = writeNodeConfig(folder, plan, node);
    const child = new NodeProcess(node.name, program, configFile, nodeFolder(folder, node.name).logFile);
    this.#processes.set(node.name, child);
    this.#note(node, { process: identifyProcess(child.pid) });
    const ready = await child.ready();
    this.#note(node, { peerId: ready.peerId, rpc: ready.rpc });
  }

  async #prepare(): Promise<void> {
    const devnet = this.devnet();
    try {
      await (this.#parts.prepare?.(devnet) ?? this.#fundAndMine(devnet));
    } finally {
      devnet.close();
    }
  }

  async #fundAndMine(devnet: RunningDevnet): Promise<void> {
    const { blocks, milliseconds } = await bootstrap(devnet);
    if (blocks > 0) {
      const seconds = (milliseconds / 1000).toFixed(1);
      this.#parts.say(
        `mined ${blocks} blocks at full power in ${seconds} s: a reward for each wallet and 100 blocks on top, after which it may be spent`,
      );
    }
    await Promise.all(devnet.nodes.map((node) => node.setMining(node.state.hashRate)));
  }

  /** Watches one node; starts it again when it ends unasked, unless it cannot start. */
  async #keep(node: NodePlan): Promise<void> {
    let failures = 0;
    while (this.#stopping === undefined) {
      const exit = await this.#processes.get(node.name)?.exited;
      if (exit === undefined || this.#stopping !== undefined) return;
      this.#note(node, { process: undefined });
      const again =
        this.#parts.plan.restart === "on-failure" && exit.code !== EXIT_BAD_INPUT && failures < MAX_FAILED_RESTARTS;
      this.#parts.say(`${node.name} ${describeExit(exit)}${again ? ": starting it again" : ""}`);
      if (!again) return;
      await pause(RESTART_PAUSE_MS);
      failures = (await this.#relaunch(node)) ? 0 : failures + 1;
    }
  }

  /** @returns whether the node is ready */
  async #relaunch(node: NodePlan): Promise<boolean> {
    try {
      await this.#launch(node);
      const devnet = this.devnet();
      try {
        await restoreCut(devnet, node.name);
        await devnet.runningNode(node.name).setMining(node.hashRate);
      } finally {
        devnet.close();
      }
      this.#parts.say(`${node.name} is back`);
      return true;
    } catch (error) {
      if (this.#stopping === undefined) this.#parts.say(`${node.name} did not come back: ${(error as Error).message}`);
      return false;
    }
  }

  #requireGoing(): void {
    if (this.#stopping !== undefined) throw new StoppedError("stopped while starting");
  }

  #note(node: NodePlan, change: Partial<NodeState>): void {
    const state = this.#states.get(node.name);
    assert(state !== undefined, `${node.name} is a node of the plan`);
    this.#states.set(node.name, { ...state, ...change });
    this.#writeState();
  }

  #writeState(): void {
    writeState(this.#parts.folder, this.#state());
  }

  #state(): DevnetState {
    return {
      version: 1,
      network: this.#parts.plan.network,
      supervisor: identifyProcess(process.pid),
      startedMs: this.#startedMs,
      ready: this.#ready,
      nodes: [...this.#states.values()],
    };
  }
}

function initialState(folder: DevnetFolder, node: NodePlan): NodeState {
  const { cookieFile, logFile } = nodeFolder(folder, node.name);
  const { name, rpcPort, p2pPort, hashShare, hashRate, wallets, neighbours } = node;
  return {
    name,
    rpcPort,
    p2pPort,
    rpc: `http://127.0.0.1:${rpcPort}`,
    cookieFile,
    logFile,
    hashShare,
    hashRate,
    wallets,
    neighbours,
  };
}
