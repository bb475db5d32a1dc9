import { InputError } from "@forkyard/core/errors";
import { printable, quoted } from "@forkyard/core/printable";
import { StoppedError } from "@forkyard/devnet/nodes/stopped-error";
import { TimeLimitError } from "@forkyard/devnet/observe/time-limit-error";
import { RpcCallError } from "@forkyard/rpc/client/call-error";
import { METHOD_NOT_FOUND, MISC_ERROR } from "@forkyard/rpc/errors";
import { CommanderError } from "commander";

/** The command did what it says. */
export const EXIT_OK = 0;
/** It could not, or what was asked about does not hold. */
export const EXIT_FAILED = 1;
/** It was asked for something that cannot be. */
export const EXIT_USAGE = 2;

/** How a command ended that threw: its exit code, and what to tell. */
export interface Failure {
  readonly exitCode: number;
  /** One line for what a person can mend, a stack for our own mistakes; undefined when all was said. */
  readonly message?: string;
  /** Code of an RPC error, for --json. */
  readonly code?: number | string;
}

/** A command's own refusal whose details are in its output. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT_FAILED) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Error codes of bitcoind that mean that the caller asked for the wrong thing. */
const RPC_INPUT_CODES: ReadonlySet<number> = new Set([MISC_ERROR, METHOD_NOT_FOUND, -3, -4, -5, -6, -8]);

export function failureOf(error: unknown): Failure {
  if (error instanceof CommandFailed) return { exitCode: error.exitCode };
  if (error instanceof InputError) return { exitCode: EXIT_USAGE, message: error.message };
  if (error instanceof StoppedError) return { exitCode: EXIT_FAILED, message: error.message };
  if (error instanceof TimeLimitError) return { exitCode: EXIT_FAILED, message: error.message };
  if (error instanceof CommanderError) return usageFailure(error);
  if (!(error instanceof Error)) return { exitCode: EXIT_FAILED, message: String(error) };
  if (error instanceof RpcCallError) {
    const exitCode = RPC_INPUT_CODES.has(error.code) ? EXIT_USAGE : EXIT_FAILED;
    return { exitCode, message: lineOf(error), code: error.code };
  }
  return { exitCode: EXIT_FAILED, message: error.stack ?? error.message };
}

/** A node answers a call that does not fit its method with the whole help of the method: its first line is the usage. */
function lineOf({ code, message, method }: RpcCallError): string {
  if (code === METHOD_NOT_FOUND) return `the node has no method ${quoted(method)}: "forkyard rpc help" lists them`;
  const [usage = "", ...more] = message.split("\n");
  return more.length === 0 ? message : `usage: ${usage}: "forkyard rpc help ${printable(method)}" says more`;
}

function usageFailure(error: CommanderError): Failure {
  // Help and version end the program too; they have said everything. Help that nobody asked for is a mistake in usage.
  if (error.exitCode === 0) return { exitCode: EXIT_OK };
  if (error.code === "commander.help") return { exitCode: EXIT_USAGE };
  const text = error.message
    .replace(/^error: /, "")
    .split("\n")
    .join(" ");
  return { exitCode: EXIT_USAGE, message: text };
}
