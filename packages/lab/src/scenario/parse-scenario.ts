import { actorKinds } from "../actors/registry.ts";
import type { ActorKinds } from "../run/actor-kind.ts";
import { buildScenario, type ScenarioOrigin } from "./build/build-scenario.ts";
import { checkSweep } from "./build/check-sweep.ts";
import { type Settings, withSettings } from "./build/with-settings.ts";
import { explainIssues } from "./explain-issues.ts";
import { headComment } from "./head-comment.ts";
import { type DocumentPath, Mistakes, type PathMistake } from "./mistakes.ts";
import type { Scenario } from "./model.ts";
import { ScenarioFileError } from "./scenario-file-error.ts";
import { scenarioSchema } from "./schema/scenario-schema.ts";
import { SourceFile } from "./source-file.ts";
import type { WrittenScenario } from "./written.ts";

const BEGINNING =
  "a scenario has title, nodes and expect at least (forkyard scenario new NAME writes one to begin with)";

export interface ParseOptions {
  /** Kinds of actors that there are; default: all of the laboratory's. */
  readonly kinds?: ActorKinds;
  /** Values laid over the file's before it is read: a point of a sweep. */
  readonly settings?: Settings;
}

/**
 * Reads a scenario file (YAML or JSON) with its variants and everything filled in.
 * @param fileName for messages; without folder and ending it is the scenario's name
 * @throws ScenarioFileError with line, column and what is allowed there
 */
export function parseScenario(text: string, fileName: string, options: ParseOptions = {}): Scenario {
  const source = new SourceFile(text, fileName);
  const mistakes = new Mistakes();
  const refuse = (found: readonly PathMistake[]): never => {
    throw new ScenarioFileError(
      fileName,
      found.map((mistake) => source.located(mistake)),
    );
  };
  const { document, faults } = withSettings(source.value, options.settings ?? {});
  for (const { setting, message } of faults) mistakes.add([], `cannot set ${setting}: ${message}`);
  const origin: ScenarioOrigin = {
    name: scenarioName(fileName),
    explanation: headComment(text),
    lineOf: (path) => source.place(path).line,
    kinds: options.kinds ?? actorKinds,
  };
  const scenario = scenarioOf(document, origin, mistakes);
  if (scenario !== undefined && mistakes.found.length === 0) checkSweep(document as WrittenScenario, origin, mistakes);
  if (scenario === undefined || mistakes.found.length > 0) return refuse(mistakes.found);
  return scenario;
}

/**
 * A scenario that a program wrote, with the same checks.
 * @throws ScenarioFileError without lines: the path of what is wrong stands in the message
 */
export function scenarioFrom(written: WrittenScenario, name: string, kinds: ActorKinds = actorKinds): Scenario {
  const mistakes = new Mistakes();
  const origin: ScenarioOrigin = { name, explanation: "", lineOf: () => 0, kinds };
  const scenario = scenarioOf(written, origin, mistakes);
  if (scenario !== undefined && mistakes.found.length === 0) return scenario;
  throw new ScenarioFileError(
    name,
    mistakes.found.map(({ path, message }) => ({ line: 0, column: 0, message: `${path.join(".")}: ${message}` })),
  );
}

/** Undefined when it does not have the shape of a scenario. */
function scenarioOf(document: unknown, origin: ScenarioOrigin, mistakes: Mistakes): Scenario | undefined {
  if (document === null || document === undefined) {
    mistakes.add([], `the file is empty: ${BEGINNING}`);
    return undefined;
  }
  const result = scenarioSchema.safeParse(document);
  if (!result.success) {
    explainIssues(result.error.issues, document, mistakes);
    return undefined;
  }
  const scenario = buildScenario(result.data, origin, mistakes);
  return mistakes.found.length > 0 ? scenario : { ...scenario, variants: variantsOf(result.data, origin, mistakes) };
}

function variantsOf(written: WrittenScenario, origin: ScenarioOrigin, mistakes: Mistakes): Scenario["variants"] {
  return Object.entries(written.variants ?? {}).flatMap(([name, variant]) => {
    const base: DocumentPath = ["variants", name];
    const { variants: _, sweep: __, ...plain } = written;
    const { document, faults } = withSettings(plain, variant.set);
    for (const { setting, message } of faults) mistakes.add([...base, "set", setting], message);
    if (faults.length > 0) return [];
    const changed = variant.expect === undefined ? document : { ...(document as object), expect: variant.expect };
    const found = new Mistakes();
    const place = (path: DocumentPath): DocumentPath =>
      placeInVariant(path, base, Object.keys(variant.set), variant.expect !== undefined);
    const scenario = scenarioOf(changed, { ...origin, lineOf: (path) => origin.lineOf(place(path)) }, found);
    for (const mistake of found.found) {
      mistakes.found.push({
        ...mistake,
        path: place(mistake.path),
        message: `in the variant ${name}: ${mistake.message}`,
      });
    }
    return scenario === undefined ? [] : [{ name, scenario }];
  });
}

/** Where in the file a path of a variant stands: with what it sets, with its own expectations, or where the file has it. */
function placeInVariant(
  path: DocumentPath,
  base: DocumentPath,
  settings: readonly string[],
  ownExpectations: boolean,
): DocumentPath {
  if (ownExpectations && path[0] === "expect") return [...base, ...path];
  const dotted = path.join(".");
  const setting = settings.find((key) => `${dotted}.`.startsWith(`${key}.`) || `${key}.`.startsWith(`${dotted}.`));
  return setting === undefined ? path : [...base, "set", setting];
}

/** `configs/scenarios/race.yaml` is `race`. */
function scenarioName(fileName: string): string {
  const base = fileName.split(/[/\\]/).at(-1) ?? fileName;
  return base.replace(/\.(ya?ml|json)$/, "");
}
