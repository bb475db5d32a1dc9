/** The program of a service in compose.yaml: `member.js NODE` runs that node of the devnet until SIGTERM. */
import { InputError } from "@forkyard/core/errors";
import { loadDevnetConfig } from "@forkyard/devnet/config/load-config";
import { planDevnet } from "@forkyard/devnet/config/plan-devnet";
import { devnetFolder } from "@forkyard/devnet/folder/layout";
import { failureOf } from "forkyard/exit-code";
import { eventText, netText } from "forkyard/output/event-text";
import { Output } from "forkyard/output/output";
import { feedEvents } from "forkyard/up/event-feed";
import { nodeProgram } from "forkyard/up/node-program";
import { stopSignal } from "forkyard/up/stop-signal";
import { memberOf } from "./member-plan.ts";
import { runMember } from "./run-member.ts";

const stopAsked = stopSignal();
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const { exitCode, message } = failureOf(error);
  process.stderr.write(`forkyard: ${message}\n`);
  process.exitCode = exitCode;
}

async function run([name, ...others]: readonly string[]): Promise<number> {
  if (name === undefined || others.length > 0) {
    throw new InputError("give the name of one node of the devnet, such as node1; $FORKYARD_CONFIG may name its file");
  }
  const plan = planDevnet(loadDevnetConfig(process.env["FORKYARD_CONFIG"], {}));
  const folder = devnetFolder({}, process.env);
  const output = new Output(false, process.stdout, process.stderr, process.env);
  return runMember({
    folder,
    plan,
    member: memberOf(plan, name),
    program: await nodeProgram(),
    startedMs: Date.now(),
    say: (line) => output.line(netText(Date.now(), line, output)),
    follow: () => feedEvents(folder, (line) => output.line(eventText(line, output))),
    stopAsked,
  });
}
