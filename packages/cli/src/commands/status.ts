import type { Command } from "commander";
import { type DevnetOptions, outputOf, withDevnet, withRunningDevnet } from "../context.ts";

const EXAMPLES = `
Examples:
  forkyard status
  forkyard status --json | jq .agreed`;

export function addStatus(program: Command): void {
  withDevnet(program.command("status"))
    .description("every node's height, tip, peers and mempool, and whether all agree")
    .addHelpText("after", EXAMPLES)
    .action(async (options: DevnetOptions) => {
      const output = outputOf(options);
      const { devnetStatus } = await import("@forkyard/devnet/observe/status");
      const { statusLines } = await import("../output/status-lines.ts");
      await withRunningDevnet(options, async (devnet) => {
        const status = await devnetStatus(devnet);
        output.result(status, () => statusLines(status, output));
      });
    });
}
