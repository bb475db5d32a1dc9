import { writeFileSync } from "node:fs";
import { InputError } from "@forkyard/core/errors";
import { printable, quoted } from "@forkyard/core/printable";
import { type LinePlot, linePlot } from "@forkyard/lab/plot/line-plot";

/** Draws a plot into a file. @throws InputError when the file cannot be written */
export function writePlot(file: string, plot: LinePlot): void {
  try {
    writeFileSync(file, linePlot(plot));
  } catch (error) {
    throw new InputError(
      `--plot: cannot write ${quoted(file)}: ${error instanceof Error ? printable(error.message) : ""}`,
    );
  }
}
