import type { JsonValue, ScenarioResult } from "./result.ts";

/** Something that came out otherwise in the simulator than on live nodes. */
export interface WorldDifference {
  readonly what: string;
  readonly sim: string;
  readonly live: string;
}

type Outcome = Omit<ScenarioResult, "variants">;

/**
 * Where two runs of one scenario differ, in what a scenario is about: expectations, depths of reorganisations, fates of
 * payments, balances and what actors came to. When something happened is left out: it differs whenever chance plays a part.
 */
export function compareWorlds(sim: Outcome, live: Outcome): readonly WorldDifference[] {
  return [
    ...differing(expectationsOf(sim), expectationsOf(live)),
    ...differing(depthsOf(sim), depthsOf(live)),
    ...differing(fatesOf(sim), fatesOf(live)),
    ...differing(balancesOf(sim), balancesOf(live)),
    ...differing(resultsOf(sim), resultsOf(live)),
  ];
}

type Facts = ReadonlyMap<string, string>;

function differing(sim: Facts, live: Facts): readonly WorldDifference[] {
  const names = [...new Set([...sim.keys(), ...live.keys()])];
  return names.flatMap((what) => {
    const [inSim, inLive] = [sim.get(what) ?? "-", live.get(what) ?? "-"];
    return inSim === inLive ? [] : [{ what, sim: inSim, live: inLive }];
  });
}

function expectationsOf({ expectations }: Outcome): Facts {
  return new Map(expectations.map(({ text, passed }) => [text, passed ? "holds" : "does not hold"]));
}

function depthsOf({ reorgs }: Outcome): Facts {
  const deepest = new Map<string, number>();
  for (const { node, depth } of reorgs) deepest.set(node, Math.max(depth, deepest.get(node) ?? 0));
  return new Map([...deepest].map(([node, depth]) => [`deepest reorganisation of ${node}`, String(depth)]));
}

function fatesOf({ payments }: Outcome): Facts {
  return new Map(payments.map(({ payment, fate }) => [`payment ${payment}`, fate]));
}

function balancesOf({ balances }: Outcome): Facts {
  return new Map(Object.entries(balances).map(([wallet, { after }]) => [`balance of ${wallet}`, `${after} sat`]));
}

function resultsOf({ result }: Outcome): Facts {
  return new Map(
    Object.entries(result).flatMap(([actor, value]) =>
      fieldsOf(value).map(([field, inner]) => [`${actor}.${field}`, JSON.stringify(inner)] as const),
    ),
  );
}

function fieldsOf(value: JsonValue): readonly (readonly [string, JsonValue])[] {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
