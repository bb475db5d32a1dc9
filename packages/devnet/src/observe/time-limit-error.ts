/** A condition that was not met in time; the message says which. */
export class TimeLimitError extends Error {
  override readonly name = "TimeLimitError";
}
