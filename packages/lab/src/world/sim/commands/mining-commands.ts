import { assert } from "@forkyard/core/errors";
import type {
  AbandonCommand,
  CommandResult,
  HashPowerCommand,
  MineCommand,
  MiningPolicyCommand,
  PublishCommand,
  WithholdCommand,
} from "../../command.ts";
import type { BlockPlace, BranchName } from "../../world.ts";
import type { SecretBranch } from "../mining/secret-branch.ts";
import type { SimHost } from "../node/sim-host.ts";
import type { SimInside } from "../sim-inside.ts";
import { DONE, hostOf, Refusal, runningNode } from "./refusal.ts";

export function mine(world: SimInside, command: MineCommand): CommandResult {
  const host = hostOf(world, command.node);
  const node = runningNode(world, command.node);
  const branch = command.branch === undefined ? undefined : branchOf(host, command.branch);
  const blocks: BlockPlace[] = [];
  for (let mined = 0; mined < command.blocks; mined++) {
    const place = host.miner.mineNow(command, branch, node);
    const status = node.chain.tree.get(place.hash)?.status ?? "invalid";
    if (branch === undefined && status === "invalid") {
      throw new Refusal(`${command.node} refuses the block itself: it breaks the rules that ${command.node} has`);
    }
    blocks.push(place);
  }
  return { ok: true, blocks };
}

export function setHashPower(world: SimInside, { node, share }: HashPowerCommand): CommandResult {
  if (!(share >= 0)) throw new Refusal(`a share of ${share} is no share`);
  hostOf(world, node).miner.setShare(share);
  return DONE;
}

export function withhold(world: SimInside, { node: name, branch, fork }: WithholdCommand): CommandResult {
  const host = hostOf(world, name);
  const node = runningNode(world, name);
  if (host.miner.branch(branch) !== undefined) throw new Refusal(`${name} has a branch ${branch} already`);
  const entry = fork === "tip" ? node.chain.tip : node.chain.tree.get(fork);
  if (entry === undefined || !node.chain.isActive(entry)) throw new Refusal(`${fork} is not on the chain of ${name}`);
  host.miner.withhold(branch, entry, node);
  return DONE;
}

export function publish(world: SimInside, command: PublishCommand): CommandResult {
  const host = hostOf(world, command.node);
  const branch = branchOf(host, command.branch);
  const node = runningNode(world, command.node);
  return { ok: true, blocks: host.miner.publish(branch, command.blocks ?? branch.blocks.length, node) };
}

export function abandon(world: SimInside, { node, branch }: AbandonCommand): CommandResult {
  const host = hostOf(world, node);
  branchOf(host, branch);
  host.miner.abandon(branch);
  return DONE;
}

export function setMiningPolicy(world: SimInside, command: MiningPolicyCommand): CommandResult {
  const { node, censor, featherBlocks } = command;
  hostOf(world, node).miner.setPolicy({ censor: new Set(censor), featherBlocks });
  return DONE;
}

export function branchOf(host: SimHost, name: BranchName): SecretBranch {
  const branch = host.miner.branch(name);
  if (branch === undefined) throw new Refusal(`${host.name} keeps no branch ${name}`);
  assert(branch.published <= branch.blocks.length, "only what was mined is published");
  return branch;
}
