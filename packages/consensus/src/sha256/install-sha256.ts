import { sha256EngineName, tryUseSha256 } from "@forkyard/core/hash";
import { loadFastSha256 } from "./fast-sha256.ts";

/**
 * Takes the fast engine for this thread, if it works here; JavaScript stays in use where it does not. Once at the start
 * of each program and worker: it takes a few milliseconds, self-test included.
 * @param onRefused told why the engine is passed over, to be logged
 * @returns the name of the engine in use from now on
 */
export function installSha256(onRefused: (reason: string) => void = () => {}): string {
  try {
    const wrong = tryUseSha256(loadFastSha256());
    if (wrong !== undefined) onRefused(wrong);
  } catch (error) {
    onRefused(`cannot be loaded: ${String(error)}`);
  }
  return sha256EngineName();
}
