import type { Command, CommandResult, LifeCommand, LinkCommand, RulesCommand, VerdictCommand } from "../../command.ts";
import type { SimInside } from "../sim-inside.ts";
import { abandon, mine, publish, setHashPower, setMiningPolicy, withhold } from "./mining-commands.ts";
import { announce, doubleSpend, pay } from "./payment-commands.ts";
import { attempted, DONE, hostOf, Refusal, runningNode } from "./refusal.ts";

/** Carries a command out: at once, but for a node that first has to read its disk. */
export function carryOut(world: SimInside, command: Command): CommandResult | Promise<CommandResult> {
  if (command.kind === "start") return start(world, command);
  if (command.kind === "stop") return stop(world, command);
  return attempted(() => atOnce(world, command));
}

function atOnce(world: SimInside, command: Command): CommandResult {
  switch (command.kind) {
    case "mine":
      return mine(world, command);
    case "hash-power":
      return setHashPower(world, command);
    case "withhold":
      return withhold(world, command);
    case "publish":
      return publish(world, command);
    case "abandon":
      return abandon(world, command);
    case "mining-policy":
      return setMiningPolicy(world, command);
    case "pay":
      return pay(world, command);
    case "double-spend":
      return doubleSpend(world, command);
    case "announce":
      return announce(world, command);
    case "partition":
      world.network.partition(command.groups);
      return DONE;
    case "heal":
      world.network.heal();
      return DONE;
    case "link":
      return changeLink(world, command);
    case "crash":
    case "stop":
    case "start":
      return crash(world, command);
    case "clock":
      hostOf(world, command.node).setClock(command.offsetSeconds);
      return DONE;
    case "note":
      world.tell(command.node, { type: "note", who: command.who, text: command.text });
      return DONE;
    case "invalidate":
    case "reconsider":
      return declare(world, command);
    case "lock":
      hostOf(world, command.node).judgement.lock(command.block, hostOf(world, command.node).node?.chain);
      return DONE;
    case "rules":
      return setRules(world, command);
  }
}

/** What an operator says of a block. */
function declare(world: SimInside, { kind, node: name, hash }: VerdictCommand): CommandResult {
  const { chain } = runningNode(world, name);
  const entry = chain.tree.get(hash);
  if (entry === undefined) throw new Refusal(`${name} knows no block ${hash}`);
  if (kind === "invalidate") chain.invalidate(entry);
  else chain.reconsider(entry);
  return DONE;
}

function setRules(world: SimInside, { node: name, rules }: RulesCommand): CommandResult {
  const { judgement, node } = hostOf(world, name);
  judgement.setRules(rules, node?.chain, world.startHeight + 1);
  return DONE;
}

function changeLink(world: SimInside, command: LinkCommand): CommandResult {
  const { kind: _, between, ...change } = command;
  const [a, b] = between;
  if (!world.network.change(a, b, change)) throw new Refusal(`${a} and ${b} are not linked`);
  return DONE;
}

function start(world: SimInside, { node: name }: LifeCommand): CommandResult | Promise<CommandResult> {
  const host = world.hosts.get(name);
  if (host === undefined) return { ok: false, reason: `there is no node ${name}` };
  if (host.node !== undefined) return { ok: false, reason: `${name} runs already` };
  return host.start()?.then(() => DONE) ?? DONE;
}

function stop(world: SimInside, { node: name }: LifeCommand): CommandResult | Promise<CommandResult> {
  const host = world.hosts.get(name);
  if (host === undefined) return { ok: false, reason: `there is no node ${name}` };
  if (host.node === undefined) return { ok: false, reason: `${name} does not run` };
  return host.stop()?.then(() => DONE) ?? DONE;
}

function crash(world: SimInside, { node: name, disk }: LifeCommand): CommandResult {
  const refusal = hostOf(world, name).crash(disk ?? "keep");
  if (refusal !== undefined) throw new Refusal(refusal);
  return DONE;
}
