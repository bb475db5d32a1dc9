import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "@forkyard/core/errors";
import { MAX_SCENARIO_BYTES } from "@forkyard/lab/limits";

/** A scenario file of the library. */
export interface LibraryEntry {
  /** Path below the library without its ending: `race`, `incidents/btg-2018`. */
  readonly name: string;
  readonly file: string;
}

const ENDING = ".yaml";

/** Every scenario of the library, by name. */
export function libraryEntries(): readonly LibraryEntry[] {
  const folder = libraryFolder();
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ENDING))
    .map((path) => ({ name: path.slice(0, -ENDING.length).replaceAll("\\", "/"), file: join(folder, path) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** A file as it is named, or else a scenario of the library, with or without its folder. */
export function findScenario(nameOrFile: string): string {
  if (existsSync(nameOrFile) && statSync(nameOrFile).isFile()) return nameOrFile;
  const entries = libraryEntries();
  const found =
    entries.find(({ name }) => name === nameOrFile) ?? entries.find(({ name }) => name.endsWith(`/${nameOrFile}`));
  if (found !== undefined) return found.file;
  const what = JSON.stringify(nameOrFile);
  throw new InputError(`there is no file ${what} and no scenario of that name (forkyard scenario list shows them)`);
}

/** @throws InputError when the file cannot be read or is too long */
export function readScenarioText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > MAX_SCENARIO_BYTES) throw new InputError(`${file} is longer than ${MAX_SCENARIO_BYTES} bytes`);
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot read ${JSON.stringify(file)}: ${(error as Error).message}`);
  }
}

function libraryFolder(): string {
  return fileURLToPath(new URL("../../../../configs/scenarios", import.meta.url));
}
