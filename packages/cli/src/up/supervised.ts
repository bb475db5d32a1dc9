import type { DevnetPlan } from "@forkyard/devnet/config/plan-devnet";
import type { DevnetFolder } from "@forkyard/devnet/folder/layout";
import { StoppedError } from "@forkyard/devnet/nodes/stopped-error";
import { Supervisor } from "@forkyard/devnet/nodes/supervisor";
import { eventText, netText } from "../output/event-text.ts";
import { Output } from "../output/output.ts";
import { feedEvents } from "./event-feed.ts";
import { nodeProgram } from "./node-program.ts";
import { stopSignal } from "./stop-signal.ts";
import { tellStarter } from "./supervisor-message.ts";

/** Runs a devnet in the background, for {@link startDetached}: its output is a log file. */
export async function runSupervised(folder: DevnetFolder, plan: DevnetPlan): Promise<void> {
  const output = new Output(false, process.stdout, process.stderr, process.env);
  const say = (text: string): void => output.line(netText(Date.now(), text, output));
  const supervisor = new Supervisor({ folder, plan, program: await nodeProgram(), say });
  const stopped = stopSignal().then(() => supervisor.stop());
  try {
    await supervisor.start();
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
    tellStarter({ error: "the devnet was stopped while it was starting", exitCode: 1 });
    return;
  }
  const endFeed = await feedEvents(folder, (line) => output.line(eventText(line, output)));
  tellStarter({ ready: true });
  await stopped;
  await endFeed();
}
