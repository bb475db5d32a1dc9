import { InputError } from "@forkyard/core/errors";
import type { TransactionsMode } from "@forkyard/devnet/reorg/branch-transactions";
import type { Command } from "commander";
import { type DevnetOptions, outputOf, withDevnet, withRunningDevnet } from "../context.ts";

const EXAMPLES = `
Examples:
  forkyard reorg 3
  forkyard reorg 6 --txs replace     a double spend: the merchant loses a payment 6 blocks deep
  forkyard reorg 1 --txs drop --attacker node2 --json`;

interface ReorgOptions extends DevnetOptions {
  readonly txs: string;
  readonly attacker?: string;
}

export function addReorg(program: Command): void {
  withDevnet(program.command("reorg"))
    .description("take back the last DEPTH blocks: a node mines a heavier branch in secret and publishes it")
    .argument("<depth>", "how many blocks, from the tip down")
    .option(
      "--txs <mode>",
      "payments in those blocks: keep (mine again), drop (back to the mempool), replace (double spend one)",
      "keep",
    )
    .option("--attacker <node>", "the node that mines the branch (default: the last that holds no named wallet)")
    .addHelpText("after", EXAMPLES)
    .action(async (depthText: string, options: ReorgOptions) => {
      const output = outputOf(options);
      const { parseDepth } = await import("@forkyard/devnet/reorg/parse-depth");
      const { TRANSACTIONS_MODES } = await import("@forkyard/devnet/reorg/branch-transactions");
      const { reorg } = await import("@forkyard/devnet/reorg/reorg");
      const { reorgLines } = await import("../output/reorg-lines.ts");
      const depth = parseDepth(depthText);
      const mode = parseMode(options.txs, TRANSACTIONS_MODES);
      const { attacker } = options;
      await withRunningDevnet(options, async (devnet) => {
        const request = { depth, mode, ...(attacker === undefined ? {} : { attacker }) };
        const result = await reorg(devnet, request, (line) => output.note(line));
        output.result(result, () => reorgLines(result, output));
      });
    });
}

function parseMode(text: string, modes: readonly TransactionsMode[]): TransactionsMode {
  const mode = modes.find((known) => known === text);
  if (mode === undefined) throw new InputError(`--txs ${JSON.stringify(text)}: it is one of ${modes.join(", ")}`);
  return mode;
}
