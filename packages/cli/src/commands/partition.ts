import type { Command } from "commander";
import { type DevnetOptions, outputOf, withDevnet, withRunningDevnet } from "../context.ts";
import { CommandFailed } from "../exit-code.ts";

const EXAMPLES = `
Examples:
  forkyard partition "node1,node2 / node3,node4,node5"
  forkyard partition 1,2 / 3,4,5
  forkyard partition 1               node1 alone, all others together
  forkyard heal`;

const HEAL_NOTES = `
The side with less work gives up its blocks. Sides with the same work keep to what they saw first, until the next block.

Example:
  forkyard heal --json`;

export function addPartition(program: Command): void {
  withDevnet(program.command("partition"))
    .description("cut every link between groups of nodes until `heal`: each side mines on by itself")
    .argument("<groups...>", 'groups of nodes, separated by " / "; nodes that are not named form one more')
    .addHelpText("after", EXAMPLES)
    .action(async (words: readonly string[], options: DevnetOptions) => {
      const output = outputOf(options);
      const { partition } = await import("@forkyard/devnet/partition/partition");
      await withRunningDevnet(options, async (devnet) => {
        const groups = await partition(devnet, words);
        output.result({ groups }, () => [`cut into ${groups.map((group) => group.join(",")).join(" / ")}`]);
      });
    });
}

export function addHeal(program: Command): void {
  withDevnet(program.command("heal"))
    .description("restore all links and wait until all nodes agree")
    .addHelpText("after", HEAL_NOTES)
    .action(async (options: DevnetOptions) => {
      const output = outputOf(options);
      const { heal } = await import("@forkyard/devnet/partition/partition");
      await withRunningDevnet(options, async (devnet) => {
        const result = await heal(devnet, (line) => output.note(line));
        const after = `after ${(result.milliseconds / 1000).toFixed(1)} s`;
        output.result(result, () => [
          result.agreed
            ? `all agree at height ${result.height} on ${result.tip} ${after}`
            : `no agreement ${after}: ${result.tie ? "the sides have the same work, the next block decides" : 'see "forkyard status"'}`,
        ]);
        if (!result.agreed) throw new CommandFailed("no agreement");
      });
    });
}
