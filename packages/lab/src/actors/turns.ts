import { assert } from "@forkyard/core/errors";
import { MAX_ORDERS_PER_EVENT } from "../limits.ts";
import type { ActorContext } from "../run/actor.ts";
import type { Command, CommandResult } from "../world/command.ts";

/** A command and what follows from its success. */
export interface Order {
  readonly command: Command;
  readonly done?: (result: Extract<CommandResult, { ok: true }>) => void;
}

interface TurnsParts {
  readonly context: ActorContext;
  /** What to do now, in order; nothing when there is nothing to do until something happens. */
  readonly decide: () => readonly Order[];
  /** A command was refused; what was to follow it was dropped. The next decision comes with the next event. */
  readonly refused: (command: Command, reason: string) => void;
}

/**
 * One decision at a time. In a live world a command takes a while: nothing is decided on what is known before it was
 * carried out. After the last one it is decided again, until there is nothing to do.
 */
export class Turns {
  readonly #parts: TurnsParts;
  #orders: readonly Order[] = [];
  #next = 0;
  #waiting = false;
  #running = false;
  #halted = false;
  /** Orders since something happened. */
  #given = 0;

  constructor(parts: TurnsParts) {
    this.#parts = parts;
  }

  /** Something happened: decides, unless commands are still under way. */
  take(): void {
    this.#halted = false;
    this.#given = 0;
    this.#run();
  }

  #run(): void {
    // A command that is carried out at once comes back here from within: the loop below goes on by itself.
    if (this.#running) return;
    this.#running = true;
    while (!this.#waiting && !this.#halted) {
      if (this.#next === this.#orders.length) {
        this.#orders = this.#parts.decide();
        this.#next = 0;
        if (this.#orders.length === 0) break;
      }
      this.#carryOut(this.#orders[this.#next++] as Order);
    }
    this.#running = false;
  }

  #carryOut(order: Order): void {
    this.#given += 1;
    assert(this.#given <= MAX_ORDERS_PER_EVENT, `an actor comes to an end of its orders: ${order.command.kind}`);
    this.#waiting = true;
    this.#parts.context.perform(order.command, (result) => {
      this.#waiting = false;
      if (result.ok) order.done?.(result);
      else {
        this.#orders = [];
        this.#next = 0;
        this.#halted = true;
        this.#parts.refused(order.command, result.reason);
      }
      this.#run();
    });
  }
}
