/** A line of a node's log file. */
export interface LogLine {
  readonly node: string;
  /** Milliseconds since 1970; that of the line before for text that is no JSON. */
  readonly timeMs: number;
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** pino's numbers. */
const LEVELS: ReadonlyMap<number, string> = new Map([
  [10, "trace"],
  [20, "debug"],
  [30, "info"],
  [40, "warn"],
  [50, "error"],
  [60, "fatal"],
]);

/** Reads a line as the node wrote it: a JSON object, or text of a crash. */
export function parseLogLine(node: string, text: string, previousMs: number): LogLine {
  const value = parseObject(text);
  if (value === undefined) return { node, timeMs: previousMs, level: "text", message: text, fields: {} };
  const { time, level, msg, name: _name, pid: _pid, hostname: _hostname, ...fields } = value;
  return {
    node,
    timeMs: typeof time === "number" ? time : previousMs,
    level: LEVELS.get(level as number) ?? "info",
    message: typeof msg === "string" ? msg : "",
    fields,
  };
}

/** All lines of many nodes in the order of their times; lines of one node keep theirs. */
export function mergeLogLines(byNode: readonly (readonly LogLine[])[]): readonly LogLine[] {
  return byNode.flat().toSorted((a, b) => a.timeMs - b.timeMs);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // A line that a killed node did not finish is shown as it is.
    return undefined;
  }
}
