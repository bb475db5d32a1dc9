import type { z } from "zod";
import { type DocumentPath, Mistakes } from "./mistakes.ts";

type Issue = z.core.$ZodIssue;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  tuple: "a list",
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  null: "nothing",
};

/** Says what a schema found, in words of the file: lists and mappings, missing keys, and only the branch that was meant. */
export function explainIssues(
  issues: readonly Issue[],
  document: unknown,
  mistakes: Mistakes = new Mistakes(),
  base: DocumentPath = [],
): Mistakes {
  // A mistyped key is also a missing one: what was written is told first.
  const typos = issues.filter(({ code }) => code === "unrecognized_keys");
  const typoPlaces = new Set(typos.map(({ path }) => path.join(".")));
  for (const issue of new Set([...typos, ...issues])) {
    // What a mapping as a whole lacks may be what was mistyped.
    if (issue.code === "custom" && typoPlaces.has(issue.path.join("."))) continue;
    if (!isMeantBy(issue, typos)) explain(issue, base, document, mistakes);
  }
  return mistakes;
}

/** A key that is missing because it was mistyped: the mistyped one is told. */
function isMeantBy(issue: Issue, typos: readonly Issue[]): boolean {
  const place = issue.path.slice(0, -1).join(".");
  const meant = `did you mean "${String(issue.path.at(-1))}"?`;
  return typos.some((typo) => typo !== issue && typo.path.join(".") === place && typo.message.includes(meant));
}

function explain(issue: Issue, base: DocumentPath, document: unknown, mistakes: Mistakes): void {
  const path = [...base, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
  const value = valueAt(document, path);
  if (issue.code === "unrecognized_keys") {
    mistakes.addAtKey([...path, issue.keys[0] ?? ""], issue.message);
    return;
  }
  if (issue.code === "invalid_key") {
    mistakes.addAtKey(path, issue.issues[0]?.message ?? issue.message);
    return;
  }
  if (value === undefined && path.length > 0) {
    mistakes.addAtKey(path.slice(0, -1), `the key ${JSON.stringify(path.at(-1))} is missing`);
    return;
  }
  if (issue.code === "invalid_union") {
    const branch = meantBranch(issue.errors);
    if (branch !== undefined && branch.length > 0 && !hasOwnWords(issue)) {
      for (const inner of branch) explain(inner, path, document, mistakes);
      return;
    }
  }
  mistakes.add(path, wording(issue, value));
}

/** The alternative that the value got furthest in; undefined when it fits none at all. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fitting = branches.find((issues) => !issues.some((issue) => isWrongKind(issue) && issue.path.length === 0));
  return fitting ?? (branches.every((issues) => issues.length === 1) ? undefined : branches[0]);
}

function isWrongKind(issue: Issue): boolean {
  return issue.code === "invalid_type" || issue.code === "invalid_value" || issue.code === "invalid_union";
}

/** A union with words of its own, and nothing that fits better. */
function hasOwnWords(issue: Issue): boolean {
  return issue.message !== "Invalid input";
}

function wording(issue: Issue, value: unknown): string {
  if (issue.code === "invalid_union") return unionWording(issue);
  if (issue.code === "invalid_type" && issue.message.startsWith("Invalid input")) {
    return `${TYPE_NAMES[issue.expected] ?? issue.expected} is expected here, not ${kindOf(value)}`;
  }
  if (issue.code === "invalid_value" && issue.message.startsWith("Invalid")) {
    return `it is one of ${issue.values.map(String).join(", ")}, not ${shown(value)}`;
  }
  if (issue.code === "too_small" || issue.code === "too_big") return sizeWording(issue);
  if (issue.code === "invalid_format") return `${issue.message}, not ${shown(value)}`;
  return issue.message;
}

function unionWording(issue: Extract<Issue, { code: "invalid_union" }>): string {
  if (issue.message !== "Invalid input") return issue.message;
  const kinds = issue.errors.flatMap((issues) => {
    const [first] = issues;
    if (first?.code === "invalid_type") {
      return [
        first.message.startsWith("Invalid input") ? (TYPE_NAMES[first.expected] ?? first.expected) : first.message,
      ];
    }
    if (first?.code === "invalid_union" && hasOwnWords(first)) return [first.message];
    return first?.code === "invalid_value" ? [first.values.map(String).join(", ")] : [];
  });
  return `allowed here: ${[...new Set(kinds)].join("; or ")}`;
}

function sizeWording(issue: Extract<Issue, { code: "too_small" | "too_big" }>): string {
  const limit = issue.code === "too_small" ? issue.minimum : issue.maximum;
  const one = Number(limit) === 1;
  const entries = issue.origin === "array" ? (one ? " entry" : " entries") : "";
  const counted = issue.origin === "string" ? (one ? " character" : " characters") : entries;
  const verb = counted === "" || one ? "is" : "are";
  if (issue.code === "too_big")
    return `${issue.inclusive === false ? "less than" : "at most"} ${limit}${counted} ${verb} allowed`;
  return `${issue.inclusive === false ? "more than" : "at least"} ${limit}${counted} ${verb} needed`;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value === null) return "nothing";
  return typeof value === "object" ? "a mapping" : shown(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

export function valueAt(document: unknown, path: DocumentPath): unknown {
  let value = document;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
