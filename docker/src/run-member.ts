import { setTimeout as pause } from "node:timers/promises";
import { networkByName } from "@forkyard/core/params/networks";
import type { DevnetPlan, NodePlan } from "@forkyard/devnet/config/plan-devnet";
import { type DevnetFolder, nodeFolder } from "@forkyard/devnet/folder/layout";
import { lockDevnet } from "@forkyard/devnet/folder/lock-file";
import { keepSecret, writePrivateFile } from "@forkyard/devnet/folder/private-file";
import { identifyProcess } from "@forkyard/devnet/folder/process-identity";
import { type NodeState, writeState } from "@forkyard/devnet/folder/state-file";
import { describeExit, NodeProcess, type NodeProgram } from "@forkyard/devnet/nodes/node-process";
import { connectNode } from "@forkyard/devnet/remote/connect-node";
import { fundingTurns } from "./funding-turns.ts";
import { TURN_POLL_INTERVAL_MS } from "./limits.ts";
import { memberConfig, memberState } from "./member-plan.ts";
import { takeTurns } from "./take-turns.ts";

const EXIT_OK = 0;
const EXIT_FAILED = 1;

export interface MemberParts {
  /** Of this container alone. */
  readonly folder: DevnetFolder;
  readonly plan: DevnetPlan;
  readonly member: NodePlan;
  readonly program: NodeProgram;
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  /** Told in one line what happens. */
  readonly say: (line: string) => void;
  /** Called when the node mines; what it returns ends what it began. */
  readonly follow: () => Promise<() => Promise<void>>;
  /** Resolves when the container is to stop. */
  readonly stopAsked: Promise<unknown>;
}

/**
 * Runs one node of a devnet whose other nodes run in other containers. Leaves a devnet of one node in the folder, so that
 * every command of "forkyard" works in this container on this node.
 * @returns the exit code
 */
export async function runMember(parts: MemberParts): Promise<number> {
  const { folder, member, say, stopAsked } = parts;
  const unlock = lockDevnet(folder);
  const child = launch(parts);
  const over = new AbortController();
  try {
    const ended = child.exited.then((exit) => {
      over.abort();
      return exit;
    });
    const serving = serve(parts, child, over.signal);
    const first = await Promise.race([stopAsked.then(() => "stop" as const), ended, serving]);
    if (first === "stop") return EXIT_OK;
    say(`${member.name} ${describeExit(first)}`);
    return EXIT_FAILED;
  } finally {
    over.abort();
    await child.stop();
    unlock();
  }
}

function launch({ folder, plan, member, program }: MemberParts): NodeProcess {
  keepSecret(folder.walletSecretFile);
  const { configFile, logFile } = nodeFolder(folder, member.name);
  writePrivateFile(configFile, `${JSON.stringify(memberConfig(folder, plan, member), undefined, 2)}\n`);
  return new NodeProcess(member.name, program, configFile, logFile);
}

/** From the first sign of life on; settles only when the node ends, or by an error. */
async function serve(parts: MemberParts, child: NodeProcess, signal: AbortSignal): ReturnType<NodeProcess["stop"]> {
  const { folder, plan, member, say, follow } = parts;
  const { peerId } = await child.ready();
  const state = { ...memberState(folder, member), process: identifyProcess(child.pid), peerId };
  say(`${member.name} runs as ${peerId}`);
  tellState(parts, state, false);
  const node = connectNode(state);
  try {
    const turns = fundingTurns(plan, networkByName(plan.network).coinbaseMaturity);
    await takeTurns({ node, turns, say, pause: () => pause(TURN_POLL_INTERVAL_MS), signal });
    await node.setMining(member.hashRate);
  } finally {
    node.close();
  }
  tellState(parts, state, true);
  const endFollowing = await follow();
  try {
    return await child.exited;
  } finally {
    await endFollowing();
  }
}

function tellState({ folder, plan, startedMs }: MemberParts, node: NodeState, ready: boolean): void {
  writeState(folder, {
    version: 1,
    network: plan.network,
    supervisor: identifyProcess(process.pid),
    startedMs,
    ready,
    nodes: [node],
  });
}
