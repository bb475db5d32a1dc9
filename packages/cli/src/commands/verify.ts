import { resolve } from "node:path";
import { InputError } from "@forkyard/core/errors";
import type { VerifyProblem, VerifyReport } from "@forkyard/node/recovery/verify-chain";
import type { Command } from "commander";
import { outputOf, withJson } from "../context.ts";
import { CommandFailed } from "../exit-code.ts";

const EXAMPLES = `
Reads only; a node that has the folder open must be stopped first. Damage is mended by 'forkyard node --reindex'.
Exit code 0: all is sound. 1: something is wrong, and said.

Examples:
  forkyard verify --network devnet --data-dir ./sixth
  forkyard verify --network regtest --data-dir ./chain --depth 100 --json`;

const DEFAULT_DEPTH = "6";
const PROGRESS_BLOCKS = 500;

interface VerifyCommandOptions {
  readonly json?: boolean;
  readonly network: string;
  readonly dataDir: string;
  readonly depth: string;
}

export function addVerify(program: Command): void {
  withJson(program.command("verify"))
    .description("hold everything in a node's data folder against everything else: index, blocks, undo data, coins")
    .requiredOption("--network <name>", "mainnet, testnet, testnet4, signet, regtest or devnet")
    .requiredOption("--data-dir <folder>", "the data folder of a node that is not running")
    .option("--depth <blocks>", "last blocks to take back and connect again in memory, scripts included", DEFAULT_DEPTH)
    .addHelpText("after", EXAMPLES)
    .action(async (options: VerifyCommandOptions) => {
      const output = outputOf(options);
      const { networkByName } = await import("@forkyard/core/params/networks");
      const params = networkByName(options.network);
      const depth = depthOf(options.depth);
      const { startEngines } = await import("@forkyard/node/process/engines");
      const { verifyChain } = await import("@forkyard/node/recovery/verify-chain");
      const report = await verifyChain({
        params,
        curve: startEngines(),
        dataDir: resolve(options.dataDir),
        depth,
        onProgress: (done, of) => {
          if (done % PROGRESS_BLOCKS === 0) output.progress(`${done} of ${of} blocks`);
        },
      });
      output.progress("");
      output.result(report, () => linesOf(report));
      if (!report.sound) throw new CommandFailed("the chain is not sound");
    });
}

function depthOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InputError(`--depth ${JSON.stringify(text)}: give a number of blocks`);
  return Number(text);
}

function linesOf(report: VerifyReport): string[] {
  const { entries, bodies, prunedHeight, coins, reconnected, height, tip } = report;
  const pruned = prunedHeight === 0 ? "" : `, pruned up to ${prunedHeight}`;
  return [
    ...report.problems.map(problemLine),
    `tip ${height ?? "-"} ${tip ?? ""}${pruned}`,
    `${entries} headers, ${bodies} bodies, ${coins} coins; ${reconnected} blocks taken back and connected again`,
    report.sound ? "sound" : "damaged: 'forkyard node --reindex' builds the chain anew from its sound blocks",
  ];
}

function problemLine({ height, block, problem }: VerifyProblem): string {
  return height === null ? problem : `block ${block} at height ${height}: ${problem}`;
}
