import type { z } from "zod";
import type { ActorKinds } from "../../run/actor-kind.ts";
import { explainIssues } from "../explain-issues.ts";
import type { DocumentPath, Mistakes } from "../mistakes.ts";
import type { ScenarioActor } from "../model.ts";
import { unknownKeyText } from "../schema/strict.ts";
import type { WrittenScenario } from "../written.ts";
import { checkReferences } from "./check-references.ts";
import type { Names } from "./names.ts";

/** Each actor with the options that the schema of its kind made of the file's. */
export function buildActors(
  written: WrittenScenario,
  kinds: ActorKinds,
  names: Names,
  mistakes: Mistakes,
): readonly ScenarioActor[] {
  return Object.entries(written.actors ?? {}).flatMap(([name, { kind, ...given }]) => {
    const path: DocumentPath = ["actors", name];
    const found = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (found === undefined) {
      mistakes.unknown([...path, "kind"], "kind of actor", kind, Object.keys(kinds));
      return [];
    }
    const result = found.schema.safeParse(given);
    if (!result.success) {
      explainIssues(
        result.error.issues.map((issue) => withAllowedKeys(issue, found.schema)),
        written,
        mistakes,
        path,
      );
      return [];
    }
    return [{ name, kind, options: checkReferences(found.schema, result.data, path, names) }];
  });
}

/** An unknown option is named together with those that there are. */
function withAllowedKeys(issue: z.core.$ZodIssue, schema: z.ZodType): z.core.$ZodIssue {
  if (issue.code !== "unrecognized_keys" || issue.path.length > 0) return issue;
  const { shape } = schema.def as unknown as { readonly shape?: object };
  return { ...issue, message: unknownKeyText(issue.keys[0] ?? "", ["kind", ...Object.keys(shape ?? {})]) };
}
