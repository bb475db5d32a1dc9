import { closeSync, openSync, writeSync } from "node:fs";
import { InputError } from "@forkyard/core/errors";

/** Lines are written together up to so many characters. */
const BATCH_CHARACTERS = 256 * 1024;

/** A file of lines that is written while the world goes on: writing must not wait. */
export class TraceFile {
  readonly #descriptor: number;
  #batch = "";

  /** @throws InputError when the file cannot be written */
  constructor(file: string) {
    try {
      this.#descriptor = openSync(file, "w");
    } catch (error) {
      throw new InputError(`cannot write ${JSON.stringify(file)}: ${(error as Error).message}`);
    }
  }

  readonly write = (line: string): void => {
    this.#batch += `${line}\n`;
    if (this.#batch.length >= BATCH_CHARACTERS) this.#flush();
  };

  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
  }

  #flush(): void {
    const bytes = Buffer.from(this.#batch);
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written);
    this.#batch = "";
  }
}
