import { performance } from "node:perf_hooks";
import { formatCoins } from "@forkyard/core/units";
import type { ImportRefusal, ImportReport } from "@forkyard/node/import/import-blocks";
import type { Command } from "commander";
import { outputOf, withJson } from "../context.ts";
import { CommandFailed } from "../exit-code.ts";
import type { Output } from "../output/output.ts";

const EXAMPLES = `
Examples:
  forkyard import --network mainnet blocks.blk.gz
  forkyard import --network regtest --data-dir chain blocks.dat --json`;

/** Progress is shown every so many blocks. */
const PROGRESS_BLOCKS = 16;

interface ImportOptions {
  readonly json?: boolean;
  readonly network: string;
  readonly dataDir?: string;
}

export function addImport(program: Command): void {
  withJson(program.command("import"))
    .description("read framed blocks (plain or gzip), validate each in full, signature by signature, and say how fast")
    .argument(
      "<file>",
      "blocks in chain order from height 1 or 0 on, each with magic and length as in bitcoind's blk files",
    )
    .requiredOption("--network <name>", "mainnet, testnet, testnet4, signet, regtest or devnet")
    .option("--data-dir <folder>", "keep the chain here (default: in memory only)")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, options: ImportOptions) => {
      const output = outputOf(options);
      const { networkByName } = await import("@forkyard/core/params/networks");
      const params = networkByName(options.network);
      const node = await import("@forkyard/node/import/import-blocks");
      try {
        const report = await node.importBlocks({
          params,
          file,
          ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
          clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
          onProgress: (blocks) => {
            if (blocks % PROGRESS_BLOCKS === 0) output.progress(`${blocks} blocks`);
          },
        });
        output.progress("");
        printReport(report, output);
      } catch (error) {
        output.progress("");
        if (!(error instanceof node.ImportRefusal)) throw error;
        printRefusal(error, output);
        throw new CommandFailed(error.code);
      }
    });
}

function printReport(report: ImportReport, output: Output): void {
  const { count, total } = report.coins;
  const { height, hash: tip } = report.tip;
  output.result({ ...report, height, tip, coins: { count, total: Number(total) } }, () => [
    `${report.blocks} blocks, ${report.transactions} transactions, ${report.signatures} signatures valid in ${report.seconds.toFixed(2)} s`,
    `${rate(report.blocks, report)} blocks, ${rate(report.transactions, report)} transactions, ${rate(report.signatures, report)} signatures a second (${report.curve})`,
    `tip ${height} ${tip}`,
    `${count} coins, ${formatCoins(total)} in all`,
  ]);
}

function rate(count: number, { seconds }: ImportReport): string {
  return Math.round(count / Math.max(seconds, 0.001)).toLocaleString("en");
}

function printRefusal({ code, message, block, height }: ImportRefusal, output: Output): void {
  output.result({ error: { code, message, block, height } }, () => []);
  output.note(`forkyard: block ${block ?? "(unreadable)"} at height ${height} is refused: ${message}`);
}
