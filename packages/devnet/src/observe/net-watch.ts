import { AssertionFault } from "@forkyard/core/errors";
import type { NodeEvent } from "@forkyard/rpc/schema/events";
import type { RemoteNode } from "../remote/remote-node.ts";
import { TimeLimitError } from "./time-limit-error.ts";

/** Called for every event of every node, in the order in which they come in. */
export type NetListener = (node: string, event: NodeEvent) => void;

/** Follows the tips of many nodes at once by their event streams, and waits for conditions on them. */
export class NetWatch {
  readonly #nodes: readonly RemoteNode[];
  readonly #abort = new AbortController();
  readonly #tips = new Map<string, string>();
  readonly #eventCounts = new Map<string, number>();
  readonly #listeners = new Set<NetListener>();
  readonly #waiting = new Set<() => void>();
  readonly #streams: Promise<void>[] = [];
  #failure: Error | undefined;

  constructor(nodes: readonly RemoteNode[]) {
    this.#nodes = nodes;
  }

  /** Opens the streams; resolves when every node's tip is known. No later event can be missed. */
  async open(): Promise<void> {
    await Promise.all(
      this.#nodes.map(async (node) => {
        const { tip, events } = await node.status();
        this.#tips.set(node.name, tip);
        this.#streams.push(this.#follow(node, events + 1));
      }),
    );
  }

  /** The last known tip of each node, by name. */
  get tips(): ReadonlyMap<string, string> {
    return this.#tips;
  }

  /** Events that a node has told of so far: more than before means news. */
  eventsOf(node: string): number {
    return this.#eventCounts.get(node) ?? 0;
  }

  listen(listener: NetListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * Resolves once `condition` holds; looks after every event.
   * @throws TimeLimitError with `what` after `limitMs`
   */
  async until(condition: () => boolean, limitMs: number, what: string): Promise<void> {
    if (!(await this.within(condition, limitMs))) throw new TimeLimitError(what);
  }

  /** As {@link until}, but tells by false that the time is over. */
  within(condition: () => boolean, limitMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const finish = (result: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(result);
      };
      const check = (): void => {
        if (this.#failure !== undefined) {
          clearTimeout(timer);
          this.#waiting.delete(check);
          reject(this.#failure);
        } else if (condition()) finish(true);
      };
      const timer = setTimeout(() => finish(false), limitMs);
      this.#waiting.add(check);
      check();
    });
  }

  /** Whoever waits, or will, gets this error: what they wait for is not going to happen. */
  giveUp(error: Error): void {
    this.#failure ??= error;
    this.#look();
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#streams);
  }

  async #follow(node: RemoteNode, from: number): Promise<void> {
    try {
      for await (const line of node.events(from, this.#abort.signal)) {
        if ("sequence" in line) this.#take(node.name, line);
      }
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.giveUp(error instanceof Error ? error : new AssertionFault(String(error)));
    }
  }

  #take(node: string, event: NodeEvent): void {
    const tip = event.type === "block" ? event.hash : event.type === "reorg" ? event.added.at(-1) : undefined;
    if (tip !== undefined) this.#tips.set(node, tip);
    this.#eventCounts.set(node, this.eventsOf(node) + 1);
    for (const listener of this.#listeners) listener(node, event);
    this.#look();
  }

  #look(): void {
    for (const check of this.#waiting) check();
  }
}
