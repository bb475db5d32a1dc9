import { stringify } from "yaml";
import type { Scenario, ScenarioLink } from "../scenario/model.ts";
import { parseScenario } from "../scenario/parse-scenario.ts";
import type { WrittenAction, WrittenLink, WrittenScenario, WrittenStep } from "../scenario/written.ts";
import type { Command } from "../world/command.ts";
import type { FuzzAction, FuzzEvent, FuzzWorld } from "./fuzz-world.ts";
import { HOSTILE_MESSAGES, type HostileAction } from "./hostile/hostile-action.ts";
import { LATE_NODE, LATE_WALLET, scenarioOf } from "./to-scenario.ts";

/** What a hostile peer does stands in a note: the language has no peers without nodes. */
const MS_PER_DAY = 86_400_000;
const HOSTILE_NOTE = /^(hostile[0-9]+) sends ([a-z][a-z0-9-]*) ([a-z-]+)$/;
const SECONDS_PER_MINUTE = 60;

/**
 * A random world as a scenario file. `durationMs` is its time limit; node `late` and wallet `probe` are there for what
 * comes after it, when everything is healed.
 * @param comment lines for the head of the file, without `#`
 */
export function scenarioText(world: FuzzWorld, comment: readonly string[]): string {
  const scenario = scenarioOf(world);
  const written: WrittenScenario = {
    title: scenario.title,
    network: {
      rules: world.network.rules,
      blockInterval: ms(world.network.blockIntervalMs),
      retarget: world.network.retarget,
      maturity: world.network.coinbaseMaturity,
      bootstrap: world.network.bootstrapBlocks,
    },
    seed: world.seed,
    nodes: Object.fromEntries(
      scenario.nodes.map(({ name, hashShare, running }) => [
        name,
        running ? percent(hashShare) : { hash: percent(hashShare), running },
      ]),
    ),
    topology: { shape: "none", links: scenario.links.map(writtenLink) },
    wallets: Object.fromEntries(
      scenario.wallets.map(({ name, node, coins }) => [name, { node, coins: `${coins} sat` }]),
    ),
    timeline: world.events.map(({ atMs, action }): WrittenStep => ({ at: ms(atMs), ...writtenAction(action) })),
    end: { at: ms(world.durationMs) },
    timeLimit: ms(Math.max(world.durationMs, ...world.events.map(({ atMs }) => atMs)) + MS_PER_DAY),
    expect: world.nodes.map(({ name }) => ({ supply: name })),
  };
  return `${comment.map((line) => `# ${line}\n`).join("")}\n${stringify(written, { lineWidth: 140, flowCollectionPadding: true })}`;
}

/**
 * Reads such a file back.
 * @throws ScenarioFileError when it is no scenario
 */
export function worldFromText(text: string, fileName: string): FuzzWorld {
  const scenario = parseScenario(text, fileName);
  return {
    seed: scenario.seed,
    network: scenario.network,
    nodes: scenario.nodes.filter(({ name }) => name !== LATE_NODE).map(({ name, hashShare }) => ({ name, hashShare })),
    links: scenario.links.filter(({ between }) => !between.includes(LATE_NODE)),
    wallets: scenario.wallets.filter(({ name }) => name !== LATE_WALLET),
    durationMs: scenario.end?.kind === "at" ? scenario.end.atMs : scenario.timeLimitMs,
    events: eventsOf(scenario),
  };
}

function eventsOf({ timeline }: Scenario): FuzzEvent[] {
  let atMs = 0;
  return timeline.flatMap(({ when, actions }) => {
    if (when.kind === "at") atMs = when.atMs;
    return actions.flatMap((action) => (action.kind === "exec" ? [] : [{ atMs, action: hostileOr(action) }]));
  });
}

function hostileOr(action: FuzzAction): FuzzAction {
  if (action.kind !== "command" || action.command.kind !== "note") return action;
  const [, peer, node, said] = HOSTILE_NOTE.exec(action.command.text) ?? [];
  const sends = HOSTILE_MESSAGES.find((message) => message === said);
  return peer === undefined || node === undefined || sends === undefined
    ? action
    : { kind: "hostile", peer, node, sends };
}

function writtenLink({ between, latencyMs, jitterMs, loss }: ScenarioLink): WrittenLink {
  return {
    between,
    latency: ms(latencyMs),
    ...(jitterMs > 0 && { jitter: ms(jitterMs) }),
    ...(loss > 0 && { loss: percent(loss) }),
  };
}

function writtenAction(action: FuzzAction): WrittenAction {
  switch (action.kind) {
    case "command":
      return writtenCommand(action.command);
    case "hostile":
      return { note: noteOf(action) };
    case "invalidate-branch":
      return { invalidate: { node: action.node, tipOf: action.tipOf, depth: action.depth } };
    case "withhold-before":
      return { withhold: { node: action.node, branch: action.branch, depth: action.depth } };
    case "reconsider":
      return { reconsider: action.node };
    case "checkpoint":
    case "censor":
    case "adjust":
      throw new RangeError(`random worlds have no ${action.kind}`);
  }
}

function noteOf({ peer, node, sends }: HostileAction): string {
  return `${peer} sends ${node} ${sends}`;
}

function writtenCommand(command: Command): WrittenAction {
  switch (command.kind) {
    case "pay": {
      const { payment: id, from, to, amount, feeRate, into } = command;
      const pay = { id, from, to, amount: `${amount} sat` };
      return { pay: { ...pay, ...(feeRate !== undefined && { feeRate }), ...(into !== undefined && { into }) } };
    }
    case "double-spend":
      return { doubleSpend: { id: command.payment, of: command.of, into: command.into, feeRate: command.feeRate } };
    case "announce":
      return { announce: { id: command.payment, at: command.at } };
    case "mine": {
      const { kind: _, timeStepSeconds, ...mine } = command;
      return { mine: { ...mine, ...(timeStepSeconds !== undefined && { timeStep: `${timeStepSeconds}s` }) } };
    }
    case "publish": {
      const { kind: _, ...publish } = command;
      return { publish };
    }
    case "abandon":
      return { abandon: { node: command.node, branch: command.branch } };
    case "partition":
      return { partition: command.groups };
    case "heal":
      return { heal: true };
    case "link":
      return { link: linkChange(command) };
    case "crash":
    case "stop":
    case "start": {
      const { kind, node, disk } = command;
      return { [kind]: disk === undefined ? node : { node, disk } };
    }
    case "clock": {
      const minutes = command.offsetSeconds / SECONDS_PER_MINUTE;
      return { clock: { node: command.node, offset: `${minutes < 0 ? "-" : "+"}${Math.abs(minutes)}m` } };
    }
    case "note":
      return { note: command.text };
    default:
      throw new RangeError(`random worlds have no ${command.kind}`);
  }
}

function linkChange({
  between,
  up,
  latencyMs,
  jitterMs,
  loss,
}: Extract<Command, { kind: "link" }>): NonNullable<WrittenAction["link"]> {
  return {
    between,
    ...(up !== undefined && { up }),
    ...(latencyMs !== undefined && { latency: ms(latencyMs) }),
    ...(jitterMs !== undefined && { jitter: ms(jitterMs) }),
    ...(loss !== undefined && { loss: percent(loss) }),
  };
}

function ms(value: number): string {
  return value % 1_000 === 0 ? `${value / 1_000}s` : `${value}ms`;
}

/** Fractions of random worlds are whole percent. */
function percent(fraction: number): string {
  return `${Math.round(fraction * 100)}%`;
}
