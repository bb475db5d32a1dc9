import { RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { EventViews } from "../run/event-views.ts";
import type { Scenario } from "../scenario/model.ts";
import type { Command, CommandResult, MineCommand } from "../world/command.ts";
import type { MinedEvent, ReorgEvent, WorldEvent } from "../world/event.ts";
import type { SimWorld } from "../world/sim/sim-world.ts";
import type { BlockPlace, NodeName } from "../world/world.ts";
import { timeOf } from "./read-trace.ts";
import type { TraceEntry } from "./trace-entry.ts";

/** Differences that are told; one often leads to many. */
const MAX_DIFFERENCES = 20;
const HASH_CHARACTERS = 12;

/** Makes simulated nodes do what a trace says, and compares where that leads. */
export class ForcedSchedule {
  readonly #world: SimWorld;
  readonly #nodes: readonly NodeName[];
  /** What the trace told. */
  readonly #told: EventViews;
  readonly #toldReorgs: ReorgEvent[] = [];
  readonly #reorgs: ReorgEvent[] = [];
  /** Blocks of the trace to those that stand for them. */
  readonly #twins = new Map<BlockHash, BlockHash>();
  readonly #differences: string[] = [];
  /** What was asked of the blocks that a node mines next. */
  readonly #orders = new Map<NodeName, MineCommand[]>();
  #blocks = 0;

  constructor(world: SimWorld, scenario: Scenario, start: BlockPlace) {
    this.#world = world;
    this.#nodes = scenario.nodes.map(({ name }) => name);
    this.#told = new EventViews(start, this.#nodes);
    const [first] = world.hosts.values();
    const tip = first?.node?.chain.tip.hash;
    if (tip !== undefined) this.#twins.set(start.hash, tip);
    world.onEvent((event) => {
      if (event.type === "reorg") this.#reorgs.push(event);
    });
  }

  /** Lets the time of a line come, and does what it tells. */
  async follow(entry: TraceEntry): Promise<void> {
    await this.#waitUntil(timeOf(entry) ?? 0);
    if ("command" in entry) this.#obey(entry.command);
    if (!("event" in entry)) return;
    this.#told.apply(entry.event);
    this.#repeat(entry.event);
  }

  async compare(): Promise<{ blocks: number; reorgs: number; tips: number; differences: readonly string[] }> {
    await this.#waitUntil(this.#world.nowMs() + 1);
    const tips = new Set<BlockHash>();
    for (const node of this.#nodes) {
      const chain = this.#world.hosts.get(node)?.node?.chain;
      if (chain === undefined) continue;
      tips.add(chain.tip.hash);
      const told = this.#told.tip(node);
      if (this.#twins.get(told.hash) !== chain.tip.hash) {
        this.#differ(`${node} ends on another block than ${short(told.hash)} at height ${told.height}`);
      }
    }
    this.#compareReorgs();
    return { blocks: this.#blocks, reorgs: this.#reorgs.length, tips: tips.size, differences: this.#differences };
  }

  #compareReorgs(): void {
    for (const node of this.#nodes) {
      const [told, seen] = [this.#toldReorgs, this.#reorgs].map((reorgs) =>
        reorgs
          .filter((reorg) => reorg.node === node)
          .map(({ depth }) => depth)
          .join(", "),
      );
      if (told !== seen) this.#differ(`${node} had reorganisations of depth ${told || "none"}; here ${seen || "none"}`);
    }
  }

  #repeat(event: WorldEvent): void {
    if (event.type === "mined") this.#mine(event);
    else if (event.type === "block" || event.type === "side") this.#deliver(event.node, event.hash);
    else if (event.type === "reorg") this.#toldReorgs.push(event);
  }

  #mine({ node, parent, branch, hash, height }: MinedEvent): void {
    const order = this.#orders.get(node)?.shift();
    const chain = this.#world.hosts.get(node)?.node?.chain;
    if (branch === undefined && chain?.tip.hash !== this.#twins.get(parent)) {
      this.#differ(`${node} mined ${short(hash)} at height ${height} on a block that is not its tip here`);
      return;
    }
    const { version, tag } = order ?? {};
    const result = this.#perform({
      kind: "mine",
      node,
      blocks: 1,
      empty: true,
      ...(branch === undefined ? {} : { branch }),
      ...(version === undefined ? {} : { version }),
      ...(tag === undefined ? {} : { tag }),
    });
    const twin = result?.ok === true ? result.blocks?.[0] : undefined;
    if (twin === undefined) this.#differ(`${node} could not mine ${short(hash)}`);
    else this.#twins.set(hash, twin.hash);
    this.#blocks += 1;
  }

  /** Hands a block to a node, when it has not got it. */
  #deliver(node: NodeName, hash: BlockHash): void {
    const twin = this.#twins.get(hash);
    const receiver = this.#world.hosts.get(node)?.node;
    // A block from before the run, or one whose mining was a difference already.
    if (twin === undefined || receiver === undefined || receiver.chain.block(twin) !== undefined) return;
    for (const { node: holder } of this.#world.hosts.values()) {
      const block = holder?.chain.block(twin);
      if (block === undefined) continue;
      try {
        receiver.submitOwnBlock(block);
      } catch (error) {
        if (!(error instanceof RuleError)) throw error;
        this.#differ(`${node} refuses ${short(hash)}: ${error.code}`);
      }
      return;
    }
    this.#differ(`nobody has ${short(hash)} when ${node} gets it`);
  }

  /** Carries out what was asked for, as far as it is about blocks and nodes. */
  #obey(command: Command): void {
    switch (command.kind) {
      case "mine":
        this.#orders.set(command.node, [
          ...(this.#orders.get(command.node) ?? []),
          ...Array.from({ length: command.blocks }, () => command),
        ]);
        return;
      case "withhold":
        this.#perform({ ...command, fork: this.#twinOf(command.fork) });
        return;
      case "invalidate":
      case "reconsider":
        this.#perform({ ...command, hash: this.#twins.get(command.hash) ?? command.hash });
        return;
      case "lock": {
        const hash = this.#twins.get(command.block.hash) ?? command.block.hash;
        this.#perform({ ...command, block: { ...command.block, hash } });
        return;
      }
      case "publish":
      case "abandon":
      case "rules":
      case "clock":
      case "crash":
      case "stop":
      case "start":
        this.#perform(command);
        return;
      default:
    }
  }

  #twinOf(fork: BlockHash | "tip"): BlockHash | "tip" {
    return fork === "tip" ? fork : (this.#twins.get(fork) ?? fork);
  }

  #perform(command: Command): CommandResult | undefined {
    let result: CommandResult | undefined;
    this.#world.perform(command, (answer) => {
      result = answer;
    });
    return result;
  }

  async #waitUntil(atMs: number): Promise<void> {
    const delayMs = atMs - this.#world.nowMs();
    if (delayMs <= 0) return;
    let reached = false;
    this.#world.after(delayMs, () => {
      reached = true;
    });
    await this.#world.runUntil(() => reached, atMs + 1);
  }

  #differ(text: string): void {
    if (this.#differences.length < MAX_DIFFERENCES) this.#differences.push(text);
  }
}

function short(hash: string): string {
  return `${hash.slice(0, HASH_CHARACTERS)}…`;
}
