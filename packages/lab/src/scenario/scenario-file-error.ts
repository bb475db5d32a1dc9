import { InputError } from "@forkyard/core/errors";
import { MAX_LISTED_MISTAKES } from "../limits.ts";

/** Something wrong in a scenario file: where, what, and what is allowed there. Lines and columns count from 1. */
export interface ScenarioMistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A scenario that cannot be run. The message is its first mistake, `FILE:LINE:COLUMN: what`, on one line. */
export class ScenarioFileError extends InputError {
  readonly file: string;
  /** In the order of the file. */
  readonly mistakes: readonly ScenarioMistake[];

  constructor(file: string, mistakes: readonly ScenarioMistake[]) {
    const sorted = mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_LISTED_MISTAKES);
    super(sorted[0] === undefined ? `${printable(file)}: wrong` : mistakeLine(file, sorted[0]));
    this.file = file;
    this.mistakes = sorted;
  }

  /** One line for each mistake. */
  lines(): readonly string[] {
    return this.mistakes.map((mistake) => mistakeLine(this.file, mistake));
  }
}

function mistakeLine(file: string, mistake: ScenarioMistake): string {
  // A scenario that a program built has no lines.
  const place = mistake.line === 0 ? "" : `:${mistake.line}:${mistake.column}`;
  return `${printable(file)}${place}: ${printable(mistake.message)}`;
}

/** What a terminal would obey is shown as an escape. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}
