/** Raised in work that was stopped while it was under way. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}
