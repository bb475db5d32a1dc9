import type { Command } from "commander";
import { type DevnetOptions, folderOf, outputOf, withDevnet } from "../context.ts";

const EXAMPLES = `
Examples:
  forkyard down
  forkyard down --delete-data        the next start begins a new chain`;

interface DownOptions extends DevnetOptions {
  readonly deleteData?: boolean;
}

export function addDown(program: Command): void {
  withDevnet(program.command("down"))
    .description("end the devnet; its chain and wallets stay for the next start")
    .option("--delete-data", "remove its folder too, with chains and wallets")
    .addHelpText("after", EXAMPLES)
    .action(async (options: DownOptions) => {
      const output = outputOf(options);
      const { down } = await import("@forkyard/devnet/nodes/down");
      const result = await down(folderOf(options), options.deleteData === true);
      output.result(result, () => {
        const what = result.stopped.length === 0 ? "no devnet was running" : `stopped ${result.stopped.join(", ")}`;
        return [result.deleted ? `${what}; its folder is removed` : what];
      });
    });
}
