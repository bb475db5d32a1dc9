import type { z } from "zod";
import type { Actor } from "../run/actor.ts";
import type { ActorKind, ActorSetup } from "../run/actor-kind.ts";

interface Definition<Options> {
  readonly description: string;
  readonly payments?: readonly string[];
  readonly branches?: readonly string[];
  readonly results: readonly string[];
  readonly adjustable?: true;
  readonly schema: z.ZodType<Options>;
  create(options: Options, setup: ActorSetup): Actor;
}

/** Ties an actor to the schema of its options: `create` gets what that schema made of the file. */
export function defineActor<Options extends object>(definition: Definition<Options>): ActorKind {
  return {
    description: definition.description,
    payments: definition.payments ?? [],
    branches: definition.branches ?? [],
    results: definition.results,
    adjustable: definition.adjustable ?? false,
    schema: definition.schema as unknown as ActorKind["schema"],
    create: (options, setup) => definition.create(options as Options, setup),
  };
}
