import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, InputError } from "@forkyard/core/errors";
import type { DevnetPlan } from "@forkyard/devnet/config/plan-devnet";
import { devnetFolder } from "@forkyard/devnet/folder/layout";
import { requireFreePorts } from "@forkyard/devnet/nodes/free-ports";
import type { NodeProgram } from "@forkyard/devnet/nodes/node-process";
import { StoppedError } from "@forkyard/devnet/nodes/stopped-error";
import { Supervisor } from "@forkyard/devnet/nodes/supervisor";
import type { RunningDevnet } from "@forkyard/devnet/remote/running-devnet";
import type { Scenario } from "../../scenario/model.ts";
import { fundWallets } from "./fund-wallets.ts";
import { MAX_PORT_TRIES } from "./limits.ts";
import { livePlan } from "./live-plan.ts";
import { LiveTime, leastMinutes, paceFor } from "./live-time.ts";
import { LiveWorld, type LiveWorldParts } from "./live-world.ts";

const MS_PER_SECOND = 1_000;

export interface LiveOptions {
  readonly program: NodeProgram;
  /** Told in one line what happens to the processes. */
  readonly say: (line: string) => void;
  /** Gives the run up: all processes end, and the folder goes. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the nodes of a scenario as processes, in a temporary folder that is removed with them.
 * @throws InputError when the scenario cannot run on live nodes, or a node does not start
 */
export async function createLiveWorld(scenario: Scenario, { program, say, signal }: LiveOptions): Promise<LiveWorld> {
  const plan = await planOnFreePorts(scenario);
  const directory = await mkdtemp(join(tmpdir(), "forkyard-live-"));
  const cleanUp = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const prepare = (devnet: RunningDevnet): Promise<void> => fundWallets(devnet, scenario, signal);
  const supervisor = new Supervisor({ folder: devnetFolder({ directory }, {}), plan, program, say, prepare });
  const giveUp = (): void => void supervisor.stop();
  signal?.addEventListener("abort", giveUp);
  try {
    await supervisor.start();
    signal?.throwIfAborted();
    const time = new LiveTime(paceFor(scenario));
    if (time.pace > 1) say(`time goes ${time.pace} times as fast as the machine's`);
    const minutes = leastMinutes(scenario, time.pace);
    if (minutes > 1) say(`this takes ${minutes} minutes or more`);
    const begin = await firstMoment(supervisor);
    const world = new LiveWorld(scenario, { supervisor, cleanUp, time, begin }, signal);
    await world.begin();
    for (const node of scenario.nodes) if (!node.running) await supervisor.stopNode(node.name, "cleanly");
    return world;
  } catch (error) {
    await supervisor.stop();
    await cleanUp();
    throw signal?.aborted ? new StoppedError("the run was stopped") : error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/** The block that the scenario begins on. */
async function firstMoment(supervisor: Supervisor): Promise<LiveWorldParts["begin"]> {
  const devnet = supervisor.devnet();
  try {
    const [first] = devnet.nodes;
    assert(first !== undefined, "a scenario has a node");
    const { height, tip } = await first.status();
    const header = (await first.call("getblockheader", [tip])) as { readonly time: number };
    return { height, timeMs: header.time * MS_PER_SECOND };
  } finally {
    devnet.close();
  }
}

async function planOnFreePorts(scenario: Scenario): Promise<DevnetPlan> {
  for (let tries = 1; ; tries++) {
    const plan = livePlan(scenario, await anyFreePort());
    try {
      await requireFreePorts(plan);
      return plan;
    } catch (error) {
      if (!(error instanceof InputError) || tries >= MAX_PORT_TRIES) throw error;
    }
  }
}

/** A port that the system has to give, with room above for the other nodes'. */
function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === "object" ? (address?.port ?? 0) : 0;
      server.close(() => resolve(port));
    });
  });
}
