import type { ScenarioResult } from "./result.ts";
import type { SingleResult } from "./run-world.ts";

const MS_PER_SECOND = 1_000;

/** The expectations of runs and their variants as JUnit's XML, one suite each, for continuous integration. */
export function junitXml(...results: readonly ScenarioResult[]): string {
  const runs = results.flatMap((result): (readonly [string, SingleResult])[] => {
    const name = results.length === 1 ? result.name : `${result.name} seed ${result.seed}`;
    return [[name, result], ...result.variants.map((each) => [`${name} ${each.variant}`, each] as const)];
  });
  const suites = runs.flatMap(([name, run]) => suite(name, run));
  return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...suites, "</testsuites>", ""].join("\n");
}

function suite(name: string, run: SingleResult): readonly string[] {
  const failures = run.expectations.filter(({ passed }) => !passed).length;
  const counts = `tests="${run.expectations.length}" failures="${failures}" time="${run.endedAtMs / MS_PER_SECOND}"`;
  const cases = run.expectations.map(({ text, passed, observed }) => {
    const head = `    <testcase classname="${escaped(name)}" name="${escaped(text)}"`;
    return passed ? `${head}/>` : `${head}><failure message="${escaped(observed)}"/></testcase>`;
  });
  return [`  <testsuite name="${escaped(name)}" ${counts}>`, ...cases, "  </testsuite>"];
}

/** XML 1.0 has no place for control characters, not even escaped. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\ufffe\uffff]/gu, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
