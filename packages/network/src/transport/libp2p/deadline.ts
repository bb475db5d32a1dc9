import type { Timers } from "@forkyard/core/ports/clock";

/** A signal that aborts after `delayMs`, on the timers of the port. Call `cancel` when it is not needed any more. */
export function deadline(
  timers: Timers,
  delayMs: number,
): { readonly signal: AbortSignal; readonly cancel: () => void } {
  const controller = new AbortController();
  const cancel = timers.after(delayMs, () => controller.abort(new Error(`not done in ${delayMs} ms`)));
  return { signal: controller.signal, cancel };
}

/** Makes an unexpected error surface as an uncaught exception instead of vanishing in a promise of the library. */
export function raise(timers: Timers, error: unknown): void {
  timers.after(0, () => {
    throw error;
  });
}
