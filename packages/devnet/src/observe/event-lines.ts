import { formatCoins } from "@forkyard/core/units";
import type { NodeEvent, PaymentEvent, ReorgEvent } from "@forkyard/rpc/schema/events";
import { MAX_TOLD_EVENTS } from "../limits.ts";

export type LineKind = "block" | "payment" | "fork" | "reorg" | "branch" | "replaced";

/** One thing worth reading, told once however many nodes report it. */
export interface EventLine {
  readonly timeMs: number;
  readonly kind: LineKind;
  readonly text: string;
}

const SHORT_HASH_DIGITS = 12;

/**
 * Turns what all nodes report into lines for people: the first report of a thing makes its line, the others are
 * silent; a reorganisation gets a second line when the last node has made it.
 */
export class EventLines {
  readonly #nodeCount: number;
  readonly #told = new BoundedSet(MAX_TOLD_EVENTS);
  readonly #reorgs = new Map<string, { readonly firstMs: number; readonly nodes: Set<string> }>();

  constructor(nodeCount: number) {
    this.#nodeCount = nodeCount;
  }

  push(node: string, event: NodeEvent): readonly EventLine[] {
    if (event.type === "reorg") return this.#reorg(node, event, event.timeMs);
    const line = this.#line(node, event);
    if (line === undefined || !this.#told.add(line.key)) return [];
    return [{ timeMs: event.timeMs, kind: line.kind, text: line.text }];
  }

  #line(node: string, event: NodeEvent): { key: string; kind: LineKind; text: string } | undefined {
    switch (event.type) {
      case "block": {
        const transactions = event.txCount === 1 ? "no payments" : plural(event.txCount - 1, "payment");
        const text = `height ${event.height}  ${short(event.hash)}  by ${minerName(event.miner)}, ${transactions}`;
        return { key: event.hash, kind: "block", text };
      }
      case "fork": {
        const text = `${short(event.hash)} at height ${event.height} is off the chain: it leaves at height ${event.forkPoint.height}`;
        // Told once for a branch: its further blocks leave the chain at the same place.
        return { key: `fork at ${event.forkPoint.hash}`, kind: "fork", text };
      }
      case "transaction": {
        if (event.status !== "replaced") return undefined;
        const text = `${short(event.txid)} gives way to ${short(event.replacedBy ?? "another")}`;
        return { key: `replaced ${event.txid} ${event.replacedBy}`, kind: "replaced", text };
      }
      case "branch": {
        const deed =
          event.status === "published" ? "publishes" : event.status === "mined" ? "has mined, in secret," : undefined;
        if (deed === undefined) return undefined;
        const text = `${node} ${deed} ${plural(event.blocks, "block")} on height ${event.forkPoint.height}`;
        return { key: `branch ${node} ${event.branch} ${event.status}`, kind: "branch", text };
      }
      case "payment":
        return this.#payment(event);
      default:
        return undefined;
    }
  }

  #payment(event: PaymentEvent): { key: string; kind: LineKind; text: string } | undefined {
    const amount = formatCoins(BigInt(event.amount));
    const key = `payment ${event.txid} ${event.status}`;
    if (event.status === "reversed") {
      const text = `${amount} ${event.direction === "sent" ? "from" : "to"} ${event.wallet} taken back (${short(event.txid)})`;
      return { key: `${key} ${event.wallet}`, kind: "payment", text };
    }
    // Rewards are confirmed without ever having been unconfirmed; the block's own line tells of them.
    const pending = `payment ${event.txid} unconfirmed`;
    if (event.status === "confirmed") {
      if (event.direction === "sent" || !this.#told.has(pending)) return undefined;
      return { key, kind: "payment", text: `${amount} to ${event.wallet} confirmed (${short(event.txid)})` };
    }
    const text =
      event.direction === "sent"
        ? `${event.wallet} sends ${amount} to ${event.address ?? "a script"} (${short(event.txid)})`
        : `${amount} on the way to ${event.wallet} (${short(event.txid)})`;
    return { key, kind: "payment", text };
  }

  #reorg(node: string, event: ReorgEvent, timeMs: number): readonly EventLine[] {
    const key = `${event.removed[0]} ${event.added.at(-1)}`;
    const known = this.#reorgs.get(key);
    if (known === undefined) {
      if (this.#reorgs.size >= MAX_TOLD_EVENTS) this.#reorgs.clear();
      this.#reorgs.set(key, { firstMs: timeMs, nodes: new Set([node]) });
      const swap = `${plural(event.removed.length, "block")} out, ${event.added.length} in`;
      const text = `depth ${event.depth} at height ${event.forkPoint.height}: ${swap}, new tip ${short(event.added.at(-1) ?? "")} (${node} first)`;
      return [{ timeMs, kind: "reorg", text }];
    }
    if (known.nodes.has(node)) return [];
    known.nodes.add(node);
    if (known.nodes.size < this.#nodeCount) return [];
    const text = `all ${this.#nodeCount} nodes switched within ${Math.max(0, timeMs - known.firstMs)} ms`;
    return [{ timeMs, kind: "reorg", text }];
  }
}

/** Set of strings that forgets the oldest when it is full. */
class BoundedSet {
  readonly #capacity: number;
  readonly #entries = new Set<string>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  has(entry: string): boolean {
    return this.#entries.has(entry);
  }

  /** False when the entry was there already. */
  add(entry: string): boolean {
    if (this.#entries.has(entry)) return false;
    if (this.#entries.size >= this.#capacity) {
      const [oldest] = this.#entries;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.add(entry);
    return true;
  }
}

/** The digits of a hash that differ: block hashes begin with zeros, so the last ones. */
export function short(hash: string): string {
  return hash.length <= SHORT_HASH_DIGITS ? hash : `…${hash.slice(-SHORT_HASH_DIGITS)}`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Nodes of ours write "Forkyard:NAME"; a stranger's tag may be anything: only harmless characters of it are shown. */
function minerName(tag: string | null): string {
  const shown = (tag ?? "")
    .replace(/^Forkyard:/, "")
    .replaceAll(/[^\w .:@+-]/g, "")
    .trim()
    .slice(0, 40);
  return shown === "" ? "an unknown miner" : shown;
}
