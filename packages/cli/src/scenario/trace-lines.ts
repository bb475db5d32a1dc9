import { openSync, readSync } from "node:fs";
import { InputError } from "@forkyard/core/errors";
import type { LineSource } from "@forkyard/lab/trace/read-trace";

const CHUNK_BYTES = 256 * 1024;
/** A scenario file with all its characters escaped fits. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The lines of a file, read as they are asked for. @throws InputError when the file cannot be read */
export function traceLines(file: string): LineSource {
  const descriptor = open(file);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  let ended = false;
  return () => {
    const pieces: Buffer[] = [];
    let length = 0;
    for (;;) {
      const end = rest.indexOf(NEWLINE);
      const piece = end === -1 ? rest : rest.subarray(0, end);
      pieces.push(piece);
      length += piece.length;
      if (length > MAX_LINE_BYTES) throw new InputError(`${file}: a line is longer than ${MAX_LINE_BYTES} bytes`);
      if (end !== -1) {
        rest = rest.subarray(end + 1);
        return Buffer.concat(pieces).toString("utf8");
      }
      const read = ended ? 0 : readChunk(file, descriptor, chunk);
      rest = Buffer.from(chunk.subarray(0, read));
      if (read > 0) continue;
      ended = true;
      return length === 0 ? undefined : Buffer.concat(pieces).toString("utf8");
    }
  };
}

function open(file: string): number {
  return orCannotRead(file, () => openSync(file, "r"));
}

function readChunk(file: string, descriptor: number, chunk: Buffer): number {
  return orCannotRead(file, () => readSync(descriptor, chunk));
}

function orCannotRead<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InputError(`cannot read ${JSON.stringify(file)}: ${(error as Error).message}`);
  }
}
