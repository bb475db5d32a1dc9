/**
 * The kinds of failure, kept apart so that a caller can decide: blame the peer, stop the node, or ask the person again.
 * - {@link DecodeError}: bytes that are not what they claim to be.
 * - {@link RuleError}: well-formed data that breaks a rule; a documented code plus the values that broke it.
 * - {@link InputError}: something a person or a program asked for that cannot be done (bad address, bad config, port taken).
 * - {@link AssertionFault}: our own mistake; never caught to carry on.
 */

/** Values that explain a {@link RuleError}; JSON-safe, so that RPC and logs can show them. */
export type ErrorData = Readonly<Record<string, string | number | boolean>>;

/** Bytes that do not decode. `offset` is where in the input, in bytes. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} at byte ${offset}`);
    this.offset = offset;
  }
}

/** A consensus or policy rule was broken. `code` is bitcoind's reject reason where one exists (`bad-cb-amount`). */
export class RuleError extends Error {
  override readonly name = "RuleError";
  readonly code: string;
  readonly data: ErrorData;

  constructor(code: string, data: ErrorData = {}) {
    super(describeRule(code, data));
    this.code = code;
    this.data = data;
  }
}

/** What was asked for cannot be done; the message is the one line a person sees: what, why, what to do. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** A broken invariant of our own. */
export class AssertionFault extends Error {
  override readonly name = "AssertionFault";
}

/** Throws {@link AssertionFault} unless `condition` holds. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFault(message);
}

function describeRule(code: string, data: ErrorData): string {
  const details = Object.entries(data).map(([key, value]) => `${key}=${value}`);
  return details.length === 0 ? code : `${code} (${details.join(", ")})`;
}
