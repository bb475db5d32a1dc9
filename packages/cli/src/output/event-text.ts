import type { EventLine, LineKind } from "@forkyard/devnet/observe/event-lines";
import type { Output, Style } from "./output.ts";

const STYLES: Readonly<Record<LineKind | "net", Style>> = {
  block: "green",
  payment: "cyan",
  fork: "yellow",
  reorg: "red",
  branch: "magenta",
  replaced: "yellow",
  net: "dim",
};
const KIND_WIDTH = 8;

/** "12:00:05  block     height 113 …" */
export function eventText(line: EventLine, output: Output): string {
  return `${output.style("dim", clockTime(line.timeMs))}  ${output.style(STYLES[line.kind], line.kind.padEnd(KIND_WIDTH))}  ${line.text}`;
}

/** The same form for what the supervisor says. */
export function netText(timeMs: number, text: string, output: Output): string {
  return `${output.style("dim", clockTime(timeMs))}  ${output.style("dim", "net".padEnd(KIND_WIDTH))}  ${text}`;
}

/** Local time of day, to the second. */
export function clockTime(timeMs: number): string {
  return new Date(timeMs).toTimeString().slice(0, "hh:mm:ss".length);
}
