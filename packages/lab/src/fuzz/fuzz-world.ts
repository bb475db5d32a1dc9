import type { Action, ScenarioLink, ScenarioNetwork, ScenarioWallet } from "../scenario/model.ts";
import type { NodeName } from "../world/world.ts";
import type { HostileAction } from "./hostile/hostile-action.ts";

/** Kinds of trouble. Each seed draws its own few of them, so that quiet and noisy mixtures both occur ("swarm testing"). */
export const FAULT_CLASSES = [
  "payments",
  "double-spends",
  "mining",
  "withheld-branches",
  "partitions",
  "links",
  "swizzle",
  "crashes",
  "clocks",
  "operators",
  "hostile-peers",
] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];

export type FuzzAction = Exclude<Action, { readonly kind: "exec" }> | HostileAction;

/** Something that happens at a moment, whatever happened before. */
export interface FuzzEvent {
  readonly atMs: number;
  /** Undefined when it was read from a file. */
  readonly fault?: FaultClass;
  readonly action: FuzzAction;
}

/**
 * A random world as plain data: who is there, and the whole list of what is done to them. What chance decides inside the
 * world comes from streams that are named by the seed and their purpose, so that leaving an event out shifts no other.
 */
export interface FuzzWorld {
  readonly seed: number;
  readonly network: ScenarioNetwork;
  readonly nodes: readonly { readonly name: NodeName; readonly hashShare: number }[];
  readonly links: readonly ScenarioLink[];
  readonly wallets: readonly ScenarioWallet[];
  /** From here on everything is healed, and the net has to get well. */
  readonly durationMs: number;
  readonly events: readonly FuzzEvent[];
}
