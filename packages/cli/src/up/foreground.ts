import type { DevnetPlan } from "@forkyard/devnet/config/plan-devnet";
import type { DevnetFolder } from "@forkyard/devnet/folder/layout";
import { StoppedError } from "@forkyard/devnet/nodes/stopped-error";
import { Supervisor } from "@forkyard/devnet/nodes/supervisor";
import { devnetStatus } from "@forkyard/devnet/observe/status";
import { RunningDevnet } from "@forkyard/devnet/remote/running-devnet";
import { eventText, netText } from "../output/event-text.ts";
import type { Output } from "../output/output.ts";
import { statusLines } from "../output/status-lines.ts";
import { feedEvents } from "./event-feed.ts";
import { nodeProgram } from "./node-program.ts";
import { stopSignal } from "./stop-signal.ts";

export interface ForegroundOptions {
  readonly folder: DevnetFolder;
  readonly plan: DevnetPlan;
  readonly output: Output;
  /** What other commands need so as to mean this devnet. */
  readonly which: string;
}

/** Runs a devnet until Ctrl-C, with a line for each event worth reading. */
export async function runInForeground({ folder, plan, output, which }: ForegroundOptions): Promise<void> {
  const say = (text: string): void => output.note(netText(Date.now(), text, output));
  const supervisor = new Supervisor({ folder, plan, program: await nodeProgram(), say });
  const stopped = stopSignal().then((signal) => {
    say(`${signal}: stopping ${plan.nodes.length} nodes`);
    return supervisor.stop();
  });
  output.progress(`starting ${plan.nodes.length} nodes …`);
  try {
    await supervisor.start();
  } catch (error) {
    output.progress("");
    if (!(error instanceof StoppedError)) throw error;
    return;
  }
  output.progress("");
  await printHeader(folder, output, which);
  const endFeed = await feedEvents(folder, (line) => output.line(eventText(line, output)));
  await stopped;
  await endFeed();
}

async function printHeader(folder: DevnetFolder, output: Output, which: string): Promise<void> {
  const devnet = RunningDevnet.attach(folder);
  try {
    const status = await devnetStatus(devnet);
    output.result(status, () => [
      `${status.network} in ${status.directory}, RPC of ${devnet.nodeNames[0]} at ${status.nodes[0]?.rpc}`,
      `wallets: ${devnet.walletNames.join(", ")}`,
      "",
      ...statusLines(status, output),
      "",
      output.style(
        "dim",
        `in another terminal: "npx forkyard pay alice merchant 1.5${which}", "npx forkyard reorg 3${which}"; Ctrl-C ends everything`,
      ),
    ]);
  } finally {
    devnet.close();
  }
}
