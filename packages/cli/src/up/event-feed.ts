import type { DevnetFolder } from "@forkyard/devnet/folder/layout";
import { type EventLine, EventLines } from "@forkyard/devnet/observe/event-lines";
import { NetWatch } from "@forkyard/devnet/observe/net-watch";
import { RunningDevnet } from "@forkyard/devnet/remote/running-devnet";

/** Tells each event worth reading of a running devnet once. @returns a function that ends it */
export async function feedEvents(folder: DevnetFolder, tell: (line: EventLine) => void): Promise<() => Promise<void>> {
  const devnet = RunningDevnet.attach(folder);
  const lines = new EventLines(devnet.nodes.length);
  const watch = new NetWatch(devnet.nodes);
  watch.listen((node, event) => {
    for (const line of lines.push(node, event)) tell(line);
  });
  await watch.open();
  return async () => {
    await watch.close();
    devnet.close();
  };
}
