import { rm } from "node:fs/promises";
import { assert, InputError } from "@forkyard/core/errors";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import { nodeFolder } from "@forkyard/devnet/folder/layout";
import type { Supervisor } from "@forkyard/devnet/nodes/supervisor";
import type { RunningDevnet } from "@forkyard/devnet/remote/running-devnet";
import { openDataFolder } from "@forkyard/node/process/data-folder";
import type { BlockWishes } from "@forkyard/rpc/experiment-api";
import type { Command, CommandResult, LifeCommand, MineCommand, WithholdCommand } from "../command.ts";
import type { WorldEvent } from "../event.ts";
import type { NodeName } from "../world.ts";
import { BLOCKS_PER_CALL } from "./limits.ts";
import type { LiveBranches } from "./live-branches.ts";
import type { LiveLinks } from "./live-links.ts";
import type { LiveNet } from "./live-net.ts";
import type { LiveOrders } from "./live-orders.ts";
import type { LivePayments } from "./live-payments.ts";

export interface CommandWorld {
  readonly supervisor: Supervisor;
  readonly net: LiveNet;
  readonly branches: LiveBranches;
  readonly payments: LivePayments;
  readonly links: LiveLinks;
  readonly orders: LiveOrders;
  /** Hashes a second of a node with all hash power of the start. */
  readonly hashRate: number;
  readonly shares: Map<NodeName, number>;
  readonly nowMs: () => number;
  readonly emit: (event: WorldEvent) => void;
  /** Follows the events of a node that was started again. */
  readonly follow: (node: NodeName) => Promise<void>;
}

type Done = Omit<CommandResult & { ok: true }, "ok">;

/** Carries a command out on live nodes. What they refuse is told as the reason. */
export async function carryOutLive(world: CommandWorld, command: Command): Promise<CommandResult> {
  try {
    return { ok: true, ...(await carryOut(world, command)) };
  } catch (error) {
    return { ok: false, reason: (error as Error).message };
  }
}

async function carryOut(world: CommandWorld, command: Command): Promise<Done> {
  const { net, branches, payments, links, orders } = world;
  switch (command.kind) {
    case "mine":
      return mine(world, command);
    case "hash-power":
      return setShare(world, command.node, command.share);
    case "withhold":
      return withhold(world, command);
    case "publish":
      await branches.publish(net.devnet.runningNode(command.node), command.branch, command.blocks);
      return {};
    case "abandon":
      await branches.abandon(net.devnet.runningNode(command.node), command.branch);
      return {};
    case "pay":
      return paid(payments.pay(command));
    case "double-spend":
      return paid(payments.doubleSpend(command));
    case "announce":
      return paid(payments.announce(command.payment, command.at));
    case "partition":
      await links.partition(command.groups);
      return {};
    case "heal":
      await links.heal();
      return {};
    case "link":
      await links.change(command);
      return {};
    case "crash":
    case "stop":
    case "start":
      return live(world, command);
    case "note":
      world.emit({ ...command, type: "note", atMs: world.nowMs() });
      return {};
    case "mining-policy":
      await orders.setPolicy(net.devnet.runningNode(command.node), command);
      return {};
    case "clock":
      await orders.setClock(net.devnet.runningNode(command.node), command);
      return {};
    case "invalidate":
    case "reconsider":
      await orders.declare(net.devnet.runningNode(command.node), command);
      return {};
    case "lock":
      await orders.lock(net.devnet.runningNode(command.node), command);
      return {};
    case "rules":
      await orders.setRules(net.devnet.runningNode(command.node), command);
      return {};
  }
}

async function paid(txid: Promise<Txid>): Promise<Done> {
  return { txid: await txid };
}

async function mine({ net: { devnet }, branches }: CommandWorld, command: MineCommand): Promise<Done> {
  const { node: name, blocks: count, branch, empty, version, tag, timeStepSeconds } = command;
  const wishes: BlockWishes = { empty, version, tag, timeStepSeconds };
  const node = devnet.runningNode(name);
  if (branch !== undefined) return { blocks: await branches.mine(node, branch, count, wishes) };
  const address = await rewardAddress(devnet, name);
  const hashes: string[] = [];
  await branches.pause(name);
  try {
    while (hashes.length < count) {
      hashes.push(...(await node.mineBlocks(Math.min(count - hashes.length, BLOCKS_PER_CALL), address, wishes)));
    }
  } finally {
    branches.resume(node);
  }
  const { height } = await node.status();
  return { blocks: hashes.map((hash, i) => ({ hash: hash as BlockHash, height: height - hashes.length + 1 + i })) };
}

async function setShare(world: CommandWorld, name: NodeName, share: number): Promise<Done> {
  const { net, shares, hashRate, branches } = world;
  const node = net.devnet.runningNode(name);
  await branches.pause(name);
  shares.set(name, share);
  await node.setMining(share * hashRate);
  branches.resume(node);
  return {};
}

async function withhold({ net: { devnet }, branches }: CommandWorld, command: WithholdCommand): Promise<Done> {
  const node = devnet.runningNode(command.node);
  const fork = command.fork === "tip" ? (await node.status()).tip : command.fork;
  await branches.open(node, command.branch, fork, await rewardAddress(devnet, command.node));
  return {};
}

async function live(world: CommandWorld, { kind, node: name, disk }: LifeCommand): Promise<Done> {
  if (disk === "flip-bit")
    throw new InputError("the disk of a live node is the machine's own: its bits are left alone");
  const { emit, nowMs } = world;
  if (kind === "start") await start(world, name);
  else await end(world, name, kind, disk === "wipe");
  const status = ({ start: "started", stop: "stopped", crash: "crashed" } as const)[kind];
  emit({ type: "life", node: name, atMs: nowMs(), status });
  return {};
}

async function start(world: CommandWorld, name: NodeName): Promise<void> {
  const { supervisor, net, links, orders, shares, hashRate } = world;
  await supervisor.startNode(name);
  net.refresh();
  const node = net.devnet.runningNode(name);
  await orders.repeat(node);
  await world.follow(name);
  await links.apply(name);
  await node.setMining((shares.get(name) ?? 0) * hashRate);
}

async function end(
  { supervisor, net, branches }: CommandWorld,
  name: NodeName,
  kind: "stop" | "crash",
  wipe: boolean,
): Promise<void> {
  await branches.pause(name);
  branches.forget(name);
  await supervisor.stopNode(name, kind === "crash" ? "crash" : "cleanly");
  if (wipe) await rm(openDataFolder(nodeFolder(net.devnet.folder, name).path).chain, { recursive: true, force: true });
  net.refresh();
}

/** Rewards of a node go to the last of its wallets. */
function rewardAddress(devnet: RunningDevnet, name: NodeName): Promise<string> {
  const node = devnet.runningNode(name);
  const wallet = node.state.wallets.at(-1);
  assert(wallet !== undefined, "every node has a wallet for its rewards");
  return node.newAddress(wallet);
}
