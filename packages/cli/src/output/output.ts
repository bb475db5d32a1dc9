import { styleText } from "node:util";

export type Style = "bold" | "dim" | "green" | "yellow" | "red" | "cyan" | "magenta";

/** A stream of text, such as standard output. */
export interface TextSink {
  write(text: string): void;
  readonly isTTY: boolean;
}

/**
 * Where a command writes. Results go to standard output: lines for people, or one JSON document with --json. What happens on
 * the way goes to standard error.
 */
export class Output {
  readonly json: boolean;
  readonly #out: TextSink;
  readonly #err: TextSink;
  readonly #colour: boolean;
  #progressShown = false;

  constructor(json: boolean, out: TextSink, err: TextSink, environment: Readonly<Record<string, string | undefined>>) {
    this.json = json;
    this.#out = out;
    this.#err = err;
    const refused = environment["NO_COLOR"] !== undefined && environment["NO_COLOR"] !== "";
    this.#colour = out.isTTY && !refused && environment["TERM"] !== "dumb";
  }

  /** True when a person watches: progress may be shown. */
  get interactive(): boolean {
    return this.#err.isTTY && !this.json;
  }

  /** The result of the command: `document` with --json, else `lines`. */
  result(document: unknown, lines: () => readonly string[]): void {
    this.#clearProgress();
    if (this.json) this.#out.write(`${JSON.stringify(document)}\n`);
    else for (const line of lines()) this.#out.write(`${line}\n`);
  }

  /** A line for people while the command runs: with --json it must not disturb the document. */
  line(text: string): void {
    this.#clearProgress();
    (this.json ? this.#err : this.#out).write(`${text}\n`);
  }

  /** A line about what is going on, never part of the result. */
  note(text: string): void {
    this.#clearProgress();
    this.#err.write(`${text}\n`);
  }

  /** Shows this instead of the last progress, until something else is written or it is empty; nothing in a pipe. */
  progress(text: string): void {
    if (!this.interactive) return;
    this.#clearProgress();
    this.#err.write(text);
    this.#progressShown = text !== "";
  }

  style(style: Style, text: string): string {
    return this.#colour ? styleText(style, text, { validateStream: false }) : text;
  }

  #clearProgress(): void {
    if (this.#progressShown) this.#err.write("\r\u001B[K");
    this.#progressShown = false;
  }
}
