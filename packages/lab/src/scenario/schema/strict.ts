import { z } from "zod";
import { didYouMean } from "../did-you-mean.ts";

/** A schema for each key of a type. */
export type ShapeOf<T> = { readonly [Key in keyof T]-?: z.ZodType<T[Key], T[Key]> };

/** A mapping that refuses unknown keys and says which there are. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, { error: (issue) => unknownKey(issue, Object.keys(shape)) });
}

/** A mapping with exactly one of its keys: what is said is said by the key. */
export function oneOf<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  what: string,
): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape);
  return strict(shape)
    .refine((value) => present(value, keys).length === 1, {
      error: ({ input }) => {
        const given = present(input as object, keys);
        const found = given.length === 0 ? "" : `, not ${given.join(" and ")} together`;
        return `${what} has exactly one of ${keys.join(", ")}${found}`;
      },
    })
    .meta({ minProperties: 1, maxProperties: 1 });
}

/** Those of the keys that a mapping has. */
export function present(value: object, keys: readonly string[]): readonly string[] {
  return keys.filter((key) => (value as Record<string, unknown>)[key] !== undefined);
}

function unknownKey(issue: z.core.$ZodRawIssue, allowed: readonly string[]): string | undefined {
  if (issue.code !== "unrecognized_keys") return undefined;
  return unknownKeyText((issue as { keys?: readonly string[] }).keys?.[0] ?? "", allowed);
}

export function unknownKeyText(key: string, allowed: readonly string[]): string {
  return `unknown key ${JSON.stringify(key)}${didYouMean(key, allowed)} (allowed here: ${allowed.join(", ")})`;
}
