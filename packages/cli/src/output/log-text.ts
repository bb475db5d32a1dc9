import { escapeInvisible } from "@forkyard/core/printable";
import type { LogLine } from "@forkyard/devnet/observe/log-lines";
import type { Output, Style } from "./output.ts";

const LEVEL_WIDTH = 5;
const LEVEL_STYLES: ReadonlyMap<string, Style> = new Map([
  ["error", "red"],
  ["fatal", "red"],
  ["warn", "yellow"],
  ["debug", "dim"],
]);

/** "12:00:05.123 node1 info  message key=value". */
export function logText(line: LogLine, nodeWidth: number, output: Output): string {
  const time = new Date(line.timeMs).toISOString().slice("yyyy-mm-ddT".length, -1);
  const style = LEVEL_STYLES.get(line.level);
  const level =
    style === undefined ? line.level.padEnd(LEVEL_WIDTH) : output.style(style, line.level.padEnd(LEVEL_WIDTH));
  // A log holds what strangers sent: it is shown, not obeyed.
  const fields = Object.entries(line.fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  const text = escapeInvisible(`${line.message}${fields.join("")}`);
  return `${output.style("dim", time)} ${line.node.padEnd(nodeWidth)} ${level} ${text}`;
}
