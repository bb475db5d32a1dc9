import { InputError } from "@forkyard/core/errors";
import type { Command } from "commander";
import { withJson } from "../context.ts";
import { answerVerifyLines, printVerdict } from "../verdict-output.ts";

const EXAMPLES = `
BLOCKFILE: the serialized block, plain or gzip, or its hexadecimal digits.
Spent outputs: a file (plain or gzip) of JSON lines, one for each input but the coinbase's:
  { "tx": position, "input": position, "value": satoshis, "script": hex,
    "height"?, "coinbase"?, "mtp_before"?: median time past of the block before the one that made the coin, "same_block"? }
"txid" and "vout" of the outpoint serve instead of the positions; lines with "same_block": true are left out. Without
--spent, coins and scripts are not looked at ("checked": "structure").
The chain before the block is not there: the target it demands and repeated txids (BIP30) are not checked.

Without BLOCKFILE, each line of standard input is a question { "network", "height", "block": hex, "spent": [lines],
"medianTime"? }, and each gets a line of answer, in order.

The answer: { "accepted": true, "hash", "checked", … } or { "accepted": false, "code", "message", … }.
Exit code: 0 accepted (or all lines answered), 1 refused, 2 bad usage.

Examples:
  forkyard verify-block --network mainnet --height 170 --spent 170.spent.jsonl 170.raw --json
  forkyard verify-block --json < questions.jsonl > answers.jsonl`;

interface VerifyBlockOptions {
  readonly json?: boolean;
  readonly network?: string;
  readonly height?: string;
  readonly spent?: string;
  readonly medianTime?: string;
}

export function addVerifyBlock(program: Command): void {
  withJson(program.command("verify-block"))
    .description("say whether a block is valid at a height, given what it spends")
    .argument("[blockfile]", "the block; without it questions are read from standard input")
    .option("--network <name>", "mainnet, testnet, testnet4, signet, regtest or devnet")
    .option("--height <height>", "of the block")
    .option("--spent <file>", "what its inputs spend")
    .option("--median-time <seconds>", "median time past of its parent (default: just below its own time)")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string | undefined, options: VerifyBlockOptions) => {
      // Only what this command needs: other implementations start it again and again.
      const { startEngines } = await import("@forkyard/node/process/engines");
      const { verifyBlock } = await import("@forkyard/node/verify/verify-block");
      const curve = startEngines();
      if (file === undefined) {
        const given = await questionOf(options);
        await answerVerifyLines((request) => verifyBlock({ ...given, ...request }, curve));
        return;
      }
      if (options.network === undefined || options.height === undefined) {
        throw new InputError("a block needs --network NAME and --height HEIGHT");
      }
      const { readBlockFile } = await import("@forkyard/node/verify/read-files");
      printVerdict(verifyBlock({ ...(await questionOf(options)), block: readBlockFile(file) }, curve), options);
    });
}

/** What the flags say, as a question in JSON would. */
async function questionOf(options: VerifyBlockOptions): Promise<Record<string, unknown>> {
  const { network, height, spent, medianTime } = options;
  const { readSpentFile } = await import("@forkyard/node/verify/read-files");
  return {
    ...(network === undefined ? {} : { network }),
    ...(height === undefined ? {} : { height: wholeNumber("--height", height) }),
    ...(medianTime === undefined ? {} : { medianTime: wholeNumber("--median-time", medianTime) }),
    ...(spent === undefined ? {} : { spent: readSpentFile(spent) }),
  };
}

function wholeNumber(flag: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InputError(`${flag} ${JSON.stringify(text)}: give a whole number`);
  return Number(text);
}
