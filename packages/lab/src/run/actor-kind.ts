import type { z } from "zod";
import type { Scenario } from "../scenario/model.ts";
import type { Actor } from "./actor.ts";

/** What an actor is told about itself when it is made. */
export interface ActorSetup {
  /** Its name in the scenario; its payments and branches are called `NAME.something`. */
  readonly name: string;
  readonly scenario: Scenario;
}

/**
 * A kind of actor that scenario files may name. The schema says what options it takes (a strict object; values with units
 * and names of nodes, wallets, actors and payments by the schemas of scenario/values, so that they are checked).
 */
export interface ActorKind {
  /** One sentence for editors and documents. */
  readonly description: string;
  /** What its payments and branches are called after `ACTOR.`; `pay-N`: N is a number. */
  readonly payments: readonly string[];
  readonly branches: readonly string[];
  /** Fields that its result may have. */
  readonly results: readonly string[];
  /** True: steps may change what it asks for (`adjust`). */
  readonly adjustable: boolean;
  readonly schema: z.ZodType<Readonly<Record<string, unknown>>>;
  /** @param options what the schema made of the file's */
  create(options: Readonly<Record<string, unknown>>, setup: ActorSetup): Actor;
}

/** Every kind, by the name that files use. */
export type ActorKinds = Readonly<Record<string, ActorKind>>;
