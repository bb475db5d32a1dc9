import { assert, InputError } from "@forkyard/core/errors";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { Supervisor } from "@forkyard/devnet/nodes/supervisor";
import type { RunningDevnet } from "@forkyard/devnet/remote/running-devnet";
import type { Command, CommandResult, LifeCommand, MineCommand, WithholdCommand } from "../command.ts";
import type { WorldEvent } from "../event.ts";
import type { NodeName } from "../world.ts";
import type { LiveBranches } from "./live-branches.ts";
import type { LiveLinks } from "./live-links.ts";
import type { LiveNet } from "./live-net.ts";
import type { LivePayments } from "./live-payments.ts";

export interface CommandWorld {
  readonly supervisor: Supervisor;
  readonly net: LiveNet;
  readonly branches: LiveBranches;
  readonly payments: LivePayments;
  readonly links: LiveLinks;
  /** Hashes a second of a node with all hash power of the start. */
  readonly hashRate: number;
  readonly shares: Map<NodeName, number>;
  readonly nowMs: () => number;
  readonly emit: (event: WorldEvent) => void;
  /** Follows the events of a node that was started again. */
  readonly follow: (node: NodeName) => Promise<void>;
}

type Done = Omit<CommandResult & { ok: true }, "ok">;

/** Carries a command out on live nodes. What they refuse, or what only the simulator can do, is told as the reason. */
export async function carryOutLive(world: CommandWorld, command: Command): Promise<CommandResult> {
  try {
    return { ok: true, ...(await carryOut(world, command)) };
  } catch (error) {
    return { ok: false, reason: (error as Error).message };
  }
}

async function carryOut(world: CommandWorld, command: Command): Promise<Done> {
  const { net, branches, payments, links } = world;
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
      await branches.abandon(command.node, command.branch);
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
    case "clock":
    case "invalidate":
    case "reconsider":
    case "lock":
    case "rules":
      throw new InputError(`live nodes cannot be told "${command.kind}": run the scenario with --sim`);
  }
}

async function paid(txid: Promise<Txid>): Promise<Done> {
  return { txid: await txid };
}

async function mine({ net: { devnet }, branches }: CommandWorld, command: MineCommand): Promise<Done> {
  const { node: name, blocks, branch, empty, version, tag, timeStepSeconds } = command;
  if (empty || version !== undefined || tag !== undefined || timeStepSeconds !== undefined) {
    throw new InputError("live nodes mine their own templates: no empty blocks, versions, tags or time steps");
  }
  const node = devnet.runningNode(name);
  if (branch !== undefined) return { blocks: await branches.mine(node, branch, blocks) };
  const hashes = await node.generate(blocks, await rewardAddress(devnet, name));
  const { height } = await node.status();
  return { blocks: hashes.map((hash, i) => ({ hash: hash as BlockHash, height: height - hashes.length + 1 + i })) };
}

async function setShare(
  { net: { devnet }, shares, hashRate }: CommandWorld,
  node: NodeName,
  share: number,
): Promise<Done> {
  shares.set(node, share);
  await devnet.runningNode(node).setMining(share * hashRate);
  return {};
}

async function withhold({ net: { devnet }, branches }: CommandWorld, command: WithholdCommand): Promise<Done> {
  const node = devnet.runningNode(command.node);
  const fork = command.fork === "tip" ? (await node.status()).tip : command.fork;
  branches.open(node, command.branch, fork, await rewardAddress(devnet, command.node));
  return {};
}

async function live(world: CommandWorld, { kind, node, disk }: LifeCommand): Promise<Done> {
  if (disk !== undefined && disk !== "keep") throw new InputError(`live nodes keep their disk: not "${disk}"`);
  const { supervisor, emit, nowMs } = world;
  const tell = (status: "started" | "stopped" | "crashed"): void => emit({ type: "life", node, atMs: nowMs(), status });
  if (kind === "start") {
    await supervisor.startNode(node);
    world.net.refresh();
    await world.follow(node);
    await world.links.apply(node);
    await world.net.devnet.runningNode(node).setMining((world.shares.get(node) ?? 0) * world.hashRate);
    tell("started");
  } else {
    await supervisor.stopNode(node, kind === "crash" ? "crash" : "cleanly");
    world.net.refresh();
    tell(kind === "crash" ? "crashed" : "stopped");
  }
  return {};
}

/** Rewards of a node go to the last of its wallets. */
function rewardAddress(devnet: RunningDevnet, name: NodeName): Promise<string> {
  const node = devnet.runningNode(name);
  const wallet = node.state.wallets.at(-1);
  assert(wallet !== undefined, "every node has a wallet for its rewards");
  return node.newAddress(wallet);
}
