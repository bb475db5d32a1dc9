/**
 * What `ask` answers, or false when it throws one of the `refusals` (by message), with which an engine turns down bytes
 * that are no scalar or no point. Any other error is a fault and goes on.
 */
export function answerOrFalse(refusals: ReadonlySet<string>, ask: () => boolean): boolean {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Error && refusals.has(error.message)) return false;
    throw error;
  }
}
