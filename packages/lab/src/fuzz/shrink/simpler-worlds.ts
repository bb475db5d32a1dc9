import type { Command } from "../../world/command.ts";
import type { NodeName } from "../../world/world.ts";
import { FAULT_CLASSES, type FuzzAction, type FuzzEvent, type FuzzWorld } from "../fuzz-world.ts";

const CALM = { latencyMs: 50, jitterMs: 0, bytesPerSecond: undefined, loss: 0 };
const ROUND_MS = 1_000;
const ONE_COIN = 100_000_000n;

/** The world without one whole class of faults, for each class that it has. */
export function* withoutClasses(world: FuzzWorld): Generator<FuzzWorld> {
  for (const fault of FAULT_CLASSES) {
    const events = world.events.filter((event) => event.fault !== fault);
    if (events.length < world.events.length) yield { ...world, events };
  }
}

/** The world without one of its nodes, what happens there, and what is linked through it alone. */
export function* withoutNodes(world: FuzzWorld): Generator<FuzzWorld> {
  for (const { name, hashShare } of world.nodes.slice(1).toReversed()) {
    const left = world.nodes.filter((node) => node.name !== name);
    const links = world.links.filter(({ between }) => !between.includes(name));
    if (left.length < 2 || !isConnected(left, links)) continue;
    const [first, ...others] = left;
    if (first === undefined) continue;
    const nodes = [{ ...first, hashShare: (first.hashShare * 100 + hashShare * 100) / 100 }, ...others];
    const wallets = world.wallets.filter(({ node }) => node !== name);
    const gone = new Set([name, ...world.wallets.filter(({ node }) => node === name).map((wallet) => wallet.name)]);
    const events = world.events.flatMap((event) => {
      const action = withoutNames(event.action, gone);
      return action === undefined ? [] : [{ ...event, action }];
    });
    if (wallets.length > 0) yield { ...world, nodes, links, wallets, events };
  }
}

/** The world with one thing in it made plainer. */
export function* plainer(world: FuzzWorld): Generator<FuzzWorld> {
  if (world.network.retarget !== "none") yield { ...world, network: { ...world.network, retarget: "none" } };
  yield { ...world, nodes: world.nodes.map((node) => ({ ...node, hashShare: 0 })) };
  yield { ...world, links: world.links.map(({ between }) => ({ between, ...CALM })) };
  const lastMs = world.events.at(-1)?.atMs ?? 0;
  const shorter = Math.ceil((lastMs + 1) / ROUND_MS) * ROUND_MS;
  if (shorter < world.durationMs) yield { ...world, durationMs: shorter };
  for (const [index, event] of world.events.entries()) {
    for (const simple of plainerEvents(event)) {
      const events = world.events.with(index, simple).toSorted((a, b) => a.atMs - b.atMs);
      yield { ...world, events };
    }
  }
}

function* plainerEvents(event: FuzzEvent): Generator<FuzzEvent> {
  const { action, atMs } = event;
  if (atMs % ROUND_MS !== 0) yield { ...event, atMs: Math.floor(atMs / ROUND_MS) * ROUND_MS };
  if ("depth" in action && action.depth > 0) yield { ...event, action: { ...action, depth: action.depth - 1 } };
  if (action.kind !== "command") return;
  for (const command of plainerCommands(action.command)) yield { ...event, action: { kind: "command", command } };
}

function* plainerCommands(command: Command): Generator<Command> {
  switch (command.kind) {
    case "mine": {
      const { empty, timeStepSeconds, ...plain } = command;
      if (command.blocks > 1) yield { ...command, blocks: command.blocks - 1 };
      if (empty !== undefined || timeStepSeconds !== undefined) yield plain;
      return;
    }
    case "pay": {
      const { feeRate, ...plain } = command;
      if (feeRate !== undefined || command.amount !== ONE_COIN) yield { ...plain, amount: ONE_COIN };
      return;
    }
    case "crash":
      if (command.disk !== undefined) yield { kind: "crash", node: command.node };
      return;
    case "clock":
      if (command.offsetSeconds !== 0)
        yield { ...command, offsetSeconds: Math.trunc(command.offsetSeconds / 120) * 60 };
      return;
  }
}

/** Undefined when nothing is left of it. */
function withoutNames(action: FuzzAction, gone: ReadonlySet<string>): FuzzAction | undefined {
  if (action.kind === "command" && action.command.kind === "partition") {
    const groups = action.command.groups.map((group) => group.filter((node) => !gone.has(node)));
    return groups.some(({ length }) => length === 0)
      ? undefined
      : { ...action, command: { kind: "partition", groups } };
  }
  return mentions(action, gone) ? undefined : action;
}

function mentions(value: unknown, gone: ReadonlySet<string>): boolean {
  if (typeof value === "string") return gone.has(value);
  return typeof value === "object" && value !== null && Object.values(value).some((each) => mentions(each, gone));
}

function isConnected(nodes: FuzzWorld["nodes"], links: FuzzWorld["links"]): boolean {
  const reached = new Set<NodeName>(nodes.slice(0, 1).map(({ name }) => name));
  for (const at of reached) {
    for (const { between } of links) {
      if (between.includes(at)) for (const end of between) reached.add(end);
    }
  }
  return reached.size === nodes.length;
}
