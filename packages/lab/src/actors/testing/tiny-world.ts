import { assert } from "@forkyard/core/errors";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { Actor, ActorContext } from "../../run/actor.ts";
import type { ActorKind } from "../../run/actor-kind.ts";
import type { ChainViews } from "../../run/chain-views.ts";
import type { JsonValue } from "../../run/result.ts";
import type { Scenario } from "../../scenario/model.ts";
import type { Command, CommandResult } from "../../world/command.ts";
import type { WorldEvent } from "../../world/event.ts";
import type { BlockPlace } from "../../world/world.ts";

interface TinyBlock extends BlockPlace {
  readonly parent: BlockHash;
  readonly miner: string;
  readonly txids: readonly Txid[];
}

interface TinyBranch {
  readonly name: string;
  readonly fork: TinyBlock;
  readonly blocks: TinyBlock[];
  readonly txids: Txid[];
  published: number;
}

interface TinyNode {
  readonly name: string;
  tip: TinyBlock;
  readonly known: Set<string>;
  readonly mempool: Set<Txid>;
  branch: TinyBranch | undefined;
}

/** Hash of the block that the scenario begins on. */
export const START: BlockHash = "b100" as BlockHash;

/** Conflicting transactions share this part of their name: `coin7:pay`. */
const coinOf = (txid: string): string => txid.split(":")[0] ?? txid;

/**
 * A world without rules, network or time in which a test says who finds the next block: enough for actors. Blocks reach
 * all nodes at once, in the order given; a node takes a longer chain and keeps the first of two equal ones.
 */
export class TinyWorld {
  readonly commands: Command[] = [];
  readonly notes: string[] = [];
  readonly #nodes: readonly TinyNode[];
  readonly #blocks = new Map<string, TinyBlock>();
  readonly #payments = new Map<string, Txid>();
  readonly #timers: { at: number; readonly run: () => void }[] = [];
  readonly #waiting: WorldEvent[] = [];
  /** Who gets a block, and in what order, by its miner; all by default. */
  readonly audience: (miner: string) => readonly string[];
  /** Commands of these kinds are refused. */
  readonly refuse = new Set<Command["kind"]>();
  #actor: Actor | undefined;
  #telling = false;
  #serial = 0;
  #coins = 0;
  #published = 0;
  nowMs = 0;

  constructor(names: readonly string[], audience?: (miner: string) => readonly string[]) {
    const start: TinyBlock = { hash: START, height: 100, parent: "b99" as BlockHash, miner: "bootstrap", txids: [] };
    this.#blocks.set(start.hash, start);
    this.#nodes = names.map((name) => ({
      name,
      tip: start,
      known: new Set([start.hash]),
      mempool: new Set(),
      branch: undefined,
    }));
    this.audience = audience ?? (() => names);
  }

  /** Makes an actor and starts it. */
  play(kind: ActorKind, options: object, scenario: Scenario, name = "actor"): void {
    this.#actor = kind.create(kind.schema.parse(options), { name, scenario });
    this.#actor.start(this.#context());
  }

  done(): boolean {
    return this.#actor?.done() ?? true;
  }

  result(): { readonly [field: string]: JsonValue } {
    return this.#actor?.result() ?? {};
  }

  /** Somebody else than the actor gives a command. */
  command(command: Command): void {
    this.#perform(command);
    this.commands.pop();
    this.#pump();
  }

  /** Secret blocks that the actor has published. */
  published(): number {
    return this.#published;
  }

  /** The node finds a block, on its secret branch if it has one. */
  mine(name: string): BlockHash {
    const node = this.#node(name);
    const { branch } = node;
    const parent = branch === undefined ? node.tip : (branch.blocks.at(-1) ?? branch.fork);
    const taken = new Set(this.#chainOf(parent).flatMap(({ txids }) => txids.map(coinOf)));
    const wanted = branch === undefined ? [...node.mempool] : branch.txids;
    const block = this.#add(
      parent,
      name,
      wanted.filter((txid) => !taken.has(coinOf(txid))),
    );
    this.#tell({
      type: "mined",
      atMs: this.nowMs,
      node: name,
      hash: block.hash,
      height: block.height,
      parent: block.parent,
      ...(branch !== undefined && { branch: branch.name }),
      bits: 0x207fffff,
      timeSeconds: Math.floor(this.nowMs / 1_000),
      txids: block.txids,
    });
    if (branch === undefined) this.#spread(block, name);
    else branch.blocks.push(block);
    this.#pump();
    return block.hash;
  }

  /** Lets virtual time pass. */
  pass(milliseconds: number): void {
    this.nowMs += milliseconds;
    for (const timer of this.#timers.splice(0)) {
      if (timer.at <= this.nowMs) timer.run();
      else this.#timers.push(timer);
    }
    this.#pump();
  }

  height(name: string): number {
    return this.#node(name).tip.height;
  }

  /** Blocks that every node gets late: shown to a node now, with all before it. */
  deliver(name: string, hash: string): void {
    this.#receive(this.#node(name), this.#block(hash));
    this.#pump();
  }

  get views(): ChainViews {
    const chain = (name: string): TinyBlock[] => this.#chainOf(this.#node(name).tip);
    return {
      tip: (node) => this.#node(node).tip,
      activeAt: (node, height) => chain(node).find((block) => block.height === height),
      isActive: (node, hash) => chain(node).some((block) => block.hash === hash),
      miner: (hash) => this.#blocks.get(hash)?.miner,
      parent: (hash) => this.#blocks.get(hash)?.parent,
      heightOf: (hash) => this.#blocks.get(hash)?.height,
      branch: () => undefined,
      txid: (payment) => this.#payments.get(payment),
      confirmations: (node, txid) => {
        const found = chain(node).find(({ txids }) => txids.includes(txid));
        return found === undefined ? 0 : this.#node(node).tip.height - found.height + 1;
      },
      inMempool: (node, txid) => this.#node(node).mempool.has(txid),
      startHeight: () => 100,
    };
  }

  #context(): ActorContext {
    return {
      nowMs: () => this.nowMs,
      views: this.views,
      perform: (command, done) => {
        const result = this.#perform(command);
        done?.(result);
        this.#pump();
      },
      after: (delayMs, run) => {
        this.#timers.push({ at: this.nowMs + delayMs, run });
        return () => undefined;
      },
      random: { bytes: (length) => new Uint8Array(length) },
      note: (_node, text) => this.notes.push(text),
    };
  }

  #perform(command: Command): CommandResult {
    this.commands.push(command);
    if (this.refuse.has(command.kind)) return { ok: false, reason: "not here" };
    switch (command.kind) {
      case "withhold": {
        const node = this.#node(command.node);
        const fork = command.fork === "tip" ? node.tip : this.#block(command.fork);
        node.branch = { name: command.branch, fork, blocks: [], txids: [], published: 0 };
        return { ok: true };
      }
      case "publish":
        return this.#publish(this.#node(command.node), command.blocks ?? Number.POSITIVE_INFINITY);
      case "abandon":
        this.#node(command.node).branch = undefined;
        return { ok: true };
      case "mine":
        this.mine(command.node);
        return { ok: true };
      case "pay": {
        this.#coins += 1;
        return this.#sign(command.payment, `coin${this.#coins}:pay` as Txid, command.into ?? "announce", command);
      }
      case "double-spend":
        return this.#sign(
          command.payment,
          `${coinOf(this.#paid(command.of))}:${command.payment}` as Txid,
          command.into,
        );
      case "announce":
        return this.#announce(this.#paid(command.payment), [command.at]);
      default:
        return { ok: true };
    }
  }

  #sign(
    payment: string,
    txid: Txid,
    into: "announce" | "hold" | { readonly branch: string } | { readonly mempoolOf: string },
    parties?: { readonly from: string; readonly to: string; readonly amount: bigint },
  ): CommandResult {
    this.#payments.set(payment, txid);
    if (into === "announce")
      this.#announce(
        txid,
        this.#nodes.map(({ name }) => name),
      );
    else if (into !== "hold" && "branch" in into) {
      this.#nodes.find(({ branch }) => branch?.name === into.branch)?.branch?.txids.push(txid);
    } else if (into !== "hold") this.#announce(txid, [into.mempoolOf]);
    const [from, to, amount] = [parties?.from ?? "thief", parties?.to ?? "thief", parties?.amount ?? 0n];
    this.#tell({ type: "payment", atMs: this.nowMs, node: "any", payment, txid, from, to, amount });
    return { ok: true, txid };
  }

  #announce(txid: Txid, names: readonly string[]): CommandResult {
    for (const { name, mempool } of names.map((each) => this.#node(each))) {
      if ([...mempool].some((other) => coinOf(other) === coinOf(txid))) continue;
      mempool.add(txid);
      this.#tell({ type: "transaction", atMs: this.nowMs, node: name, txid, status: "mempool" });
    }
    return { ok: true };
  }

  #publish(node: TinyNode, count: number): CommandResult {
    const { branch } = node;
    if (branch === undefined) return { ok: false, reason: "no such branch" };
    const blocks = branch.blocks.slice(branch.published, branch.published + count);
    branch.published += blocks.length;
    this.#published += blocks.length;
    for (const block of blocks) this.#spread(block, node.name);
    return { ok: true, blocks };
  }

  #spread(block: TinyBlock, miner: string): void {
    const first = this.#node(miner);
    this.#receive(first, block);
    for (const name of this.audience(miner)) if (name !== miner) this.#receive(this.#node(name), block);
  }

  #receive(node: TinyNode, block: TinyBlock): void {
    if (node.known.has(block.hash)) return;
    if (!node.known.has(block.parent)) this.#receive(node, this.#block(block.parent));
    node.known.add(block.hash);
    if (block.height <= node.tip.height) return;
    const old = this.#chainOf(node.tip);
    const added = this.#chainOf(block).filter(({ hash }) => !old.some((each) => each.hash === hash));
    const removed = old.filter(({ height }) => height >= (added[0]?.height ?? 0)).reverse();
    const fork = this.#block(added[0]?.parent ?? block.parent);
    node.tip = block;
    const happened = { atMs: this.nowMs, node: node.name };
    for (const { txids } of removed) for (const txid of txids) node.mempool.add(txid);
    if (removed.length > 0) {
      const hashes = { removed: removed.map(({ hash }) => hash), added: added.map(({ hash }) => hash) };
      this.#tell({ type: "reorg", ...happened, depth: removed.length, fork, ...hashes });
    }
    for (const { hash, height, parent, miner, txids } of added) {
      const spent = new Set(txids.map(coinOf));
      for (const txid of node.mempool) if (spent.has(coinOf(txid))) node.mempool.delete(txid);
      this.#tell({ type: "block", ...happened, hash, height, parent, miner, txids });
    }
  }

  #tell(event: WorldEvent): void {
    this.#waiting.push(event);
  }

  /** Events are told one after another, after what caused them. */
  #pump(): void {
    if (this.#telling) return;
    this.#telling = true;
    // What happened may let the actor's own timers and commands tell more.
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      this.#actor?.observe(event);
    }
    this.#telling = false;
  }

  #add(parent: TinyBlock, miner: string, txids: readonly Txid[]): TinyBlock {
    this.#serial += 1;
    const hash = `${miner}${this.#serial}` as BlockHash;
    const block = { hash, height: parent.height + 1, parent: parent.hash, miner, txids };
    this.#blocks.set(block.hash, block);
    return block;
  }

  #chainOf(tip: TinyBlock): TinyBlock[] {
    const chain: TinyBlock[] = [];
    for (let block: TinyBlock | undefined = tip; block !== undefined; block = this.#blocks.get(block.parent)) {
      chain.push(block);
    }
    return chain.reverse();
  }

  #paid(payment: string): Txid {
    const txid = this.#payments.get(payment);
    assert(txid !== undefined, `${payment} was signed`);
    return txid;
  }

  #block(hash: string): TinyBlock {
    const block = this.#blocks.get(hash);
    assert(block !== undefined, `${hash} is a block`);
    return block;
  }

  #node(name: string): TinyNode {
    const node = this.#nodes.find((each) => each.name === name);
    assert(node !== undefined, `${name} is a node`);
    return node;
  }
}
