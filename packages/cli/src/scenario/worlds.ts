import type { Worlds } from "@forkyard/lab/run/run-scenario";
import type { Output } from "../output/output.ts";

/** The worlds of a kind; only the modules of that kind are loaded. */
export async function worldsOf(kind: "sim" | "live", output: Output): Promise<Worlds> {
  if (kind === "sim") return (await import("@forkyard/lab/run/simulated-worlds")).simulatedWorlds;
  const { liveWorlds } = await import("@forkyard/lab/run/live-worlds");
  const { nodeProgram } = await import("../up/node-program.ts");
  const { stopSignal } = await import("../up/stop-signal.ts");
  const stop = new AbortController();
  void stopSignal().then(() => stop.abort());
  return liveWorlds({ program: await nodeProgram(), say: (line) => output.note(line), signal: stop.signal });
}
