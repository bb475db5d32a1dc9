import { ScenarioFileError } from "@forkyard/lab/scenario/scenario-file-error";
import { CommandFailed, EXIT_USAGE } from "../exit-code.ts";
import type { Output } from "../output/output.ts";

/** Reads a scenario; what is wrong with it is shown as `FILE:LINE:COLUMN: what`, as compilers do, and ends the command. */
export function orShowMistakes<T>(output: Output, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw shown(output, error);
  }
}

/** The same for what takes time. */
export async function orShowMistakesOf<T>(output: Output, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw shown(output, error);
  }
}

/** The error to throw on. */
function shown(output: Output, error: unknown): unknown {
  if (!(error instanceof ScenarioFileError)) return error;
  showMistakes(output, [error]);
  return new CommandFailed("the scenario file is wrong", EXIT_USAGE);
}

export function showMistakes(output: Output, errors: readonly ScenarioFileError[]): void {
  for (const error of errors) for (const line of error.lines()) output.note(line);
  const mistakes = errors.flatMap((error) => error.mistakes.map((mistake) => ({ file: error.file, ...mistake })));
  if (output.json) output.result({ error: { message: errors[0]?.message, mistakes } }, () => []);
}
