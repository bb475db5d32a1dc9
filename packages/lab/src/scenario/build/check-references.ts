import type { z } from "zod";
import type { DocumentPath } from "../mistakes.ts";
import { type ReferenceKind, references } from "../values.ts";
import type { WrittenNodes } from "../written.ts";
import type { Names } from "./names.ts";

/** What is read of a schema: zod keeps its parts here. */
interface SchemaParts {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly options?: readonly z.ZodType[];
}

/**
 * Looks up every value of some options that their schema marks as a name ({@link references}); lists of nodes become the
 * nodes themselves. @returns the options with that
 */
export function checkReferences<T>(schema: z.ZodType, value: T, path: DocumentPath, names: Names): T {
  return walk(schema, value, path, names) as T;
}

function walk(schema: z.ZodType, value: unknown, path: DocumentPath, names: Names): unknown {
  if (value === undefined || value === null) return value;
  const reference = references.get(schema);
  if (reference !== undefined) return lookUp(reference.kind, value, path, names);
  const parts = schema.def as unknown as SchemaParts;
  const inner = parts.innerType ?? parts.in;
  if (inner !== undefined) return walk(inner, value, path, names);
  const { element, shape, valueType } = parts;
  if (Array.isArray(value)) {
    return element === undefined ? value : value.map((item, i) => walk(element, item, [...path, i], names));
  }
  if (parts.type === "union") return walkUnion(parts.options ?? [], value, path, names);
  if (typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const memberSchema = shape?.[key] ?? valueType;
      return [key, memberSchema === undefined ? member : walk(memberSchema, member, [...path, key], names)];
    }),
  );
}

/** The alternative that takes the value. */
function walkUnion(options: readonly z.ZodType[], value: unknown, path: DocumentPath, names: Names): unknown {
  const taken = options.find((option) => option.safeParse(value).success);
  return taken === undefined ? value : walk(taken, value, path, names);
}

function lookUp(kind: ReferenceKind, value: unknown, path: DocumentPath, names: Names): unknown {
  if (kind === "nodes") return names.nodes(path, value as WrittenNodes);
  if (typeof value !== "string") return value;
  return names[kind](path, value);
}
