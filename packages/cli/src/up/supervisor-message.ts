import { failureOf } from "../exit-code.ts";

/** What a supervisor in the background tells the process that started it. */
export type SupervisorMessage = { readonly ready: true } | { readonly error: string; readonly exitCode: number };

/** Tells the process that started this one; nothing when it was started by hand. */
export function tellStarter(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message);
}

/** Tells the starting process why there will be no devnet. */
export function tellFailure(error: unknown): void {
  const failure = failureOf(error);
  tellStarter({ error: failure.message ?? "the start failed", exitCode: failure.exitCode });
}
