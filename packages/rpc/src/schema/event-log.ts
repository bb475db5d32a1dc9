import { assert } from "@forkyard/core/errors";
import { MAX_EVENT_LISTENERS, MAX_KEPT_EVENTS } from "../limits.ts";
import type { NodeEvent, NodeEventBody } from "./events.ts";

export type EventListener = (event: NodeEvent) => void;

/** Where readers of events find the ones kept and learn of new ones. */
export interface EventSource {
  /** Sequence number of the last event; 0 before the first. */
  latest(): number;
  /** Kept events with a sequence number of at least `from`, oldest first. `missed`: how many of those asked for are gone. */
  since(from: number): { readonly events: readonly NodeEvent[]; readonly missed: number };
  /** Calls `listener` for each new event, synchronously; the returned function ends it. @throws when there are too many */
  subscribe(listener: EventListener): () => void;
}

/** The events of a node: the last ones in a bounded ring, and the listeners. */
export class EventLog implements EventSource {
  readonly #nowMs: () => number;
  readonly #capacity: number;
  readonly #kept: NodeEvent[] = [];
  readonly #listeners = new Set<EventListener>();
  #latest = 0;

  constructor(nowMs: () => number, capacity: number = MAX_KEPT_EVENTS) {
    assert(capacity > 0, "an event log keeps at least one event");
    this.#nowMs = nowMs;
    this.#capacity = capacity;
  }

  append(body: NodeEventBody): NodeEvent {
    this.#latest += 1;
    const event: NodeEvent = { sequence: this.#latest, timeMs: this.#nowMs(), ...body };
    this.#kept[(this.#latest - 1) % this.#capacity] = event;
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  latest(): number {
    return this.#latest;
  }

  since(from: number): { readonly events: readonly NodeEvent[]; readonly missed: number } {
    const wanted = Math.max(1, from);
    const oldest = Math.max(1, this.#latest - this.#capacity + 1);
    const events: NodeEvent[] = [];
    for (let sequence = Math.max(wanted, oldest); sequence <= this.#latest; sequence++) {
      events.push(this.#kept[(sequence - 1) % this.#capacity] as NodeEvent);
    }
    return { events, missed: Math.max(0, oldest - wanted) };
  }

  subscribe(listener: EventListener): () => void {
    assert(this.#listeners.size < MAX_EVENT_LISTENERS, "too many listeners on the events of the node");
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
