import { z } from "zod";
import type { ActorKinds } from "../run/actor-kind.ts";
import { scenarioSchema } from "./schema/scenario-schema.ts";

/** What is read and written of a JSON Schema here. */
interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly [key: string]: unknown;
}

/** JSON Schema of a scenario file, for editors; `configs/schema/scenario.json` is this text. */
export function scenarioJsonSchema(kinds: ActorKinds): string {
  const schema = jsonSchema(scenarioSchema);
  const { actors = {}, ...others } = schema.properties ?? {};
  const anyActor: JsonSchema = {
    anyOf: Object.entries(kinds).map(([kind, { description, schema: options }]) => {
      const own = jsonSchema(options);
      return {
        type: "object",
        description,
        properties: { kind: { const: kind, description }, ...own.properties },
        required: ["kind", ...(own.required ?? [])],
        additionalProperties: false,
      };
    }),
  };
  const properties = { ...others, actors: { ...actors, additionalProperties: anyActor } };
  const { $schema, ...rest } = schema;
  return `${JSON.stringify({ $schema, title: "Forkyard scenario", ...rest, properties }, undefined, 2)}\n`;
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", target: "draft-7" }) as JsonSchema;
}
