import type { Verdict } from "@forkyard/node/verify/verdict";
import { CommandFailed } from "./exit-code.ts";
import { answerLines, type LineFault, MAX_LINE_BYTES } from "./json-lines.ts";

const FAULTS: Readonly<Record<LineFault, string>> = {
  "not JSON": "the line is not JSON",
  "too long": `the line is longer than ${MAX_LINE_BYTES} bytes`,
};

/** Prints one verdict. @throws CommandFailed when it is a refusal */
export function printVerdict(verdict: Verdict, { json }: { readonly json?: boolean }): void {
  if (json === true) process.stdout.write(`${JSON.stringify(verdict)}\n`);
  else process.stdout.write(verdict.accepted ? "accepted\n" : `refused: ${verdict.message}${scriptOf(verdict)}\n`);
  if (!verdict.accepted) throw new CommandFailed(verdict.code);
}

/** Answers every line of standard input with a verdict; a line that is no question gets a refusal, too. */
export async function answerVerifyLines(
  verify: (request: Readonly<Record<string, unknown>>) => Verdict,
): Promise<void> {
  await answerLines(
    process.stdin,
    process.stdout,
    (request) => (isObject(request) ? withId(verify(request), request) : refuse("the line is not an object")),
    (fault) => refuse(FAULTS[fault]),
  );
}

/** An `id` in the question comes back in the answer. */
function withId(verdict: Verdict, { id }: Readonly<Record<string, unknown>>): unknown {
  return id === undefined ? verdict : { id, ...verdict };
}

function refuse(message: string): Verdict {
  return { accepted: false, code: "invalid-request", message };
}

function scriptOf({ script, input }: { readonly script?: string; readonly input?: number }): string {
  return script === undefined ? "" : ` (${script}, input ${input ?? 0})`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
