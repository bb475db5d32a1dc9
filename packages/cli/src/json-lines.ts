import { once } from "node:events";
import type { Readable, Writable } from "node:stream";

/** A whole block in hexadecimal with what it spends fits well; a longer line is answered, not read. */
export const MAX_LINE_BYTES: number = 64 * 1024 * 1024;
/** Answers are written together up to so many characters: one write each would take longer than the answers. */
const BATCH_CHARACTERS = 64 * 1024;
const NEWLINE = 0x0a;

/** Why a line cannot be answered. */
export type LineFault = "too long" | "not JSON";

/**
 * Reads JSON lines and writes one line of JSON for each, in order, before it waits for more input: a program may hand over
 * everything at once or wait for each answer. Memory is bounded by one line and one batch: no more is read while the
 * reader of the answers is behind. Empty lines are passed over.
 * @returns how many lines were answered
 */
export async function answerLines(
  input: Readable,
  output: Writable,
  answer: (request: unknown) => unknown,
  fault: (fault: LineFault) => unknown,
): Promise<number> {
  let answered = 0;
  for await (const lines of linesOf(input)) {
    let batch = "";
    for (const line of lines) {
      if (line !== undefined && line.length === 0) continue;
      batch += `${JSON.stringify(answerLine(line, answer, fault))}\n`;
      answered += 1;
      if (batch.length < BATCH_CHARACTERS) continue;
      await write(output, batch);
      batch = "";
    }
    await write(output, batch);
  }
  return answered;
}

function answerLine(
  line: Buffer | undefined,
  answer: (request: unknown) => unknown,
  fault: (fault: LineFault) => unknown,
): unknown {
  if (line === undefined) return fault("too long");
  let request: unknown;
  try {
    request = JSON.parse(line.toString("utf8"));
  } catch {
    return fault("not JSON");
  }
  return answer(request);
}

/** The lines that each piece of the input ends, without their ends; undefined for one that is too long. */
async function* linesOf(input: Readable): AsyncGenerator<readonly (Buffer | undefined)[]> {
  let pieces: Buffer[] = [];
  let length = 0;
  const take = (): Buffer | undefined => {
    const line = length > MAX_LINE_BYTES ? undefined : Buffer.concat(pieces, length);
    pieces = [];
    length = 0;
    return line;
  };
  const keep = (piece: Buffer): void => {
    length += piece.length;
    if (length <= MAX_LINE_BYTES) pieces.push(piece);
    else pieces = [];
  };
  for await (const chunk of input as AsyncIterable<Buffer>) {
    const lines: (Buffer | undefined)[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, end));
      lines.push(take());
      from = end + 1;
    }
    keep(chunk.subarray(from));
    yield lines;
  }
  if (length > 0) yield [take()];
}

async function write(output: Writable, text: string): Promise<void> {
  if (text !== "" && !output.write(text)) await once(output, "drain");
}
