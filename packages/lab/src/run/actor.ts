import type { Random } from "@forkyard/core/ports/random";
import type { Adjustment } from "../scenario/model.ts";
import type { Command, CommandResult } from "../world/command.ts";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";
import type { ChainViews } from "./chain-views.ts";
import type { JsonValue } from "./result.ts";

/** What an actor may use. */
export interface ActorContext {
  readonly nowMs: () => number;
  /** Active chain, branches and payments of every node, kept up from events: the same code in both worlds. */
  readonly views: ChainViews;
  readonly perform: (command: Command, done?: (result: CommandResult) => void) => void;
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** A stream of its own for each actor. */
  readonly random: Random;
  readonly note: (node: NodeName, text: string) => void;
}

/** Somebody with a plan: told what happens, gives commands. Synchronous; holds no clock and no randomness of its own. */
export interface Actor {
  start(context: ActorContext): void;
  observe(event: WorldEvent): void;
  /** True when there is nothing more that it wants to do: the run may end. */
  done(): boolean;
  /** Only of kinds that say `adjustable`. */
  adjust?(change: Adjustment): void;
  result(): { readonly [field: string]: JsonValue };
}
