import type { Command, CommandResult } from "../world/command.ts";
import type { WorldEvent } from "../world/event.ts";
import type { BlockPlace } from "../world/world.ts";

/** Version of the format; a trace of another is refused. */
export const TRACE_VERSION = 1;

/** Who made a trace; not part of its hash. */
export interface TraceOrigin {
  readonly trace: typeof TRACE_VERSION;
  readonly forkyard: string;
  readonly commit?: string;
}

/** What is run: enough to run it again. */
export interface TraceRun {
  readonly name: string;
  readonly world: "sim" | "live";
  readonly seed: number;
  /** The scenario file itself. */
  readonly scenario: string;
  /** Which changed copy; absent for the scenario itself. */
  readonly variant?: string;
  /** Goes on differently from a moment: the timeline, actors and expectations of another file take over. */
  readonly branch?: { readonly atMs: number; readonly scenario: string };
}

/**
 * One line of a trace, a mapping with one key. A trace begins with its origin; each run in it (the scenario, then its
 * variants) begins with `run` and ends with `end`; in between what was asked for, what came of it, and all that happened.
 */
export type TraceEntry =
  | { readonly origin: TraceOrigin }
  | { readonly run: TraceRun }
  /** The tip of all nodes when the scenario begins. */
  | { readonly start: BlockPlace }
  /** `by`: `timeline`, or an actor. Commands of a run are counted from 0. */
  | { readonly command: Command; readonly at: number; readonly by: string }
  | { readonly result: CommandResult; readonly of: number }
  | { readonly event: WorldEvent }
  | { readonly exec: { readonly command: readonly string[]; readonly exit: number }; readonly at: number }
  /** Not part of the hash that it tells. */
  | { readonly end: { readonly atMs: number; readonly traceHash: string } };
