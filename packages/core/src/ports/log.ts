/** Values in a log line: data, never preformatted text from a peer. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Structured log lines. Implementations escape what they print. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}
