import { closeSync, openSync, readSync } from "node:fs";
import type { Output } from "../output/output.ts";

/** Shows each line; on a terminal the next comes when Enter is pressed, in a pipe all come at once. */
export function stepper(output: Output): (line: string) => void {
  if (!process.stdin.isTTY || !output.interactive) return (line) => output.line(line);
  output.note("Enter: the next line. Ctrl-C: stop.");
  return (line) => {
    output.line(line);
    waitForEnter();
  };
}

/** The run must stand still meanwhile, so this must not return before. Standard input itself may be set not to block. */
function waitForEnter(): void {
  const terminal = openSync("/dev/tty", "r");
  const byte = Buffer.alloc(1);
  while (readSync(terminal, byte) === 1 && byte[0] !== 0x0a);
  closeSync(terminal);
}
