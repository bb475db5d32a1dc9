import { formatCoins } from "@forkyard/core/units";
import type { JsonValue, ScenarioResult } from "@forkyard/lab/run/result";
import type { Scenario } from "@forkyard/lab/scenario/model";
import type { Output } from "./output.ts";

/** A screen is about so high: of long lists the first are shown. */
const MAX_SHOWN = 8;
const HASH_CHARACTERS = 16;
const TIME_UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

type SingleResult = Omit<ScenarioResult, "variants">;

/** A run as a story on one screen: what happened, what became of the money, and whether it was what was expected. */
export function scenarioLines(
  scenario: Scenario,
  result: ScenarioResult,
  command: string,
  output: Output,
): readonly string[] {
  const mark = result.passed ? output.style("green", "passed") : output.style("red", "did not pass");
  const worlds = result.world === "sim" ? "simulated" : "live";
  return [
    output.style("bold", scenario.title),
    output.style("dim", `${result.name}: ${scenario.nodes.length} nodes, ${worlds}, seed ${result.seed}`),
    "",
    ...story(result, output),
    ...result.variants.flatMap((variant) => {
      const changed = scenario.variants.find(({ name }) => name === variant.variant)?.scenario;
      const title = changed === undefined || changed.title === scenario.title ? "" : `: ${changed.title}`;
      return ["", output.style("bold", `variant ${variant.variant}${title}`), ...story(variant, output)];
    }),
    "",
    `${mark}   ${output.style("dim", `trace ${result.traceHash.slice(0, HASH_CHARACTERS)}   again: ${command}`)}`,
  ];
}

function story(result: SingleResult, output: Output): readonly string[] {
  const time = timeText(result.endedAtMs);
  const how = result.ended === "time-limit" ? `stopped by its time limit after ${time}` : `over after ${time}`;
  return [
    `  ${how}, ${result.events} events`,
    ...shortened(reorgLines(result)),
    ...shortened(result.payments.map(({ payment, fate, on }) => `  ${payment}: ${fate} on ${on ?? "its payee"}`)),
    ...shortened(balanceLines(result)),
    ...shortened(Object.entries(result.result).flatMap(([actor, value]) => actorLine(actor, value))),
    ...result.expectations.map(({ text, passed, observed }) => {
      const mark = passed ? output.style("green", "✔") : output.style("red", "✘");
      return `  ${mark} ${text}${passed ? "" : output.style("yellow", ` — ${observed}`)}`;
    }),
  ];
}

/** One line for each moment at which nodes took blocks back. */
function reorgLines(result: SingleResult): readonly string[] {
  const deepest = new Map<number, { readonly at: number; readonly nodes: Set<string>; times: number }>();
  for (const { node, depth, at } of result.reorgs) {
    const known = deepest.get(depth);
    if (known === undefined) deepest.set(depth, { at, nodes: new Set([node]), times: 1 });
    else {
      known.nodes.add(node);
      known.times += 1;
    }
  }
  return [...deepest]
    .toSorted(([a], [b]) => b - a)
    .map(([depth, { at, nodes, times }]) => {
      const who = nodes.size <= MAX_SHOWN ? [...nodes].join(", ") : `${nodes.size} nodes`;
      const often = times === nodes.size ? "" : `, ${times} times in all`;
      return `  ${timeText(at)}: ${who} took back ${depth} ${depth === 1 ? "block" : "blocks"}${often}`;
    });
}

function balanceLines({ balances }: SingleResult): readonly string[] {
  return Object.entries(balances).map(([wallet, { before, after }]) => {
    const change = after - before;
    const sign = change < 0 ? "-" : "+";
    return `  ${wallet}: ${coins(before)} → ${coins(after)} btc (${sign}${coins(Math.abs(change))})`;
  });
}

function actorLine(actor: string, value: JsonValue): readonly string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const fields = Object.entries(value)
    .filter(([, field]) => typeof field !== "object")
    .map(([name, field]) => `${name} ${typeof field === "string" ? field : JSON.stringify(field)}`);
  return fields.length === 0 ? [] : [`  ${actor}: ${fields.join(", ")}`];
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= MAX_SHOWN) return lines;
  return [...lines.slice(0, MAX_SHOWN - 1), `  … and ${lines.length - MAX_SHOWN + 1} more (--json has them all)`];
}

function coins(satoshis: number): string {
  return formatCoins(BigInt(satoshis)).replace(/\.?0+$/, "");
}

/** `2h 29m`: the two largest units. */
function timeText(milliseconds: number): string {
  const parts: string[] = [];
  let left = milliseconds;
  for (const [unit, size] of TIME_UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.length === 0 ? `${Math.round(milliseconds)}ms` : parts.slice(0, 2).join(" ");
}
