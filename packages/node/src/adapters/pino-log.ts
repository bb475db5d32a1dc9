import type { Log, LogFields } from "@forkyard/core/ports/log";
import { destination, type Level, pino } from "pino";

/** Log lines as NDJSON on standard error or in a file. Values are JSON-escaped, so peers cannot forge lines. */
export function pinoLog(options: { name: string; level: Level | "silent"; file?: string }): Log {
  const target = options.file === undefined ? destination(2) : destination({ dest: options.file, mkdir: true });
  const logger = pino({ name: options.name, level: options.level }, target);
  return {
    debug: (event: string, fields?: LogFields) => logger.debug(fields ?? {}, event),
    info: (event: string, fields?: LogFields) => logger.info(fields ?? {}, event),
    warn: (event: string, fields?: LogFields) => logger.warn(fields ?? {}, event),
    error: (event: string, fields?: LogFields) => logger.error(fields ?? {}, event),
  };
}
