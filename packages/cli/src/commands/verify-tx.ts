import { InputError } from "@forkyard/core/errors";
import type { Command } from "commander";
import { withJson } from "../context.ts";
import { answerVerifyLines, printVerdict } from "../verdict-output.ts";

const EXAMPLES = `
Prevouts: a JSON list, in any order, of { "txid", "vout", "value": satoshis, "scriptPubKey": hex }.
Flags: names with commas between (P2SH, DERSIG, NULLDUMMY, CHECKLOCKTIMEVERIFY, CHECKSEQUENCEVERIFY, WITNESS, TAPROOT, …),
or NONE, MANDATORY (what blocks obey today) or STANDARD (what a mempool asks). Scripts and the transaction itself are
checked; amounts are not added up.

Without --tx, each line of standard input is a question { "tx", "prevouts", "flags" }, and each gets a line of answer, in
order. --flags then serves for lines without any.

The answer: { "accepted": true } or { "accepted": false, "code", "message", "script": error name, "input": index }.
Exit code: 0 accepted (or all lines answered), 1 refused, 2 bad usage.

Examples:
  forkyard verify-tx --tx 0100… --prevouts '[{"txid":"…","vout":0,"value":1000,"scriptPubKey":"76a9…"}]' --flags P2SH,WITNESS --json
  forkyard verify-tx --json < questions.jsonl > answers.jsonl`;

interface VerifyTxOptions {
  readonly json?: boolean;
  readonly tx?: string;
  readonly prevouts?: string;
  readonly flags: string;
}

export function addVerifyTx(program: Command): void {
  withJson(program.command("verify-tx"))
    .description("say whether a transaction and its scripts are valid, given what its inputs spend")
    .option("--tx <hex>", "the transaction; without it questions are read from standard input")
    .option("--prevouts <json>", "what its inputs spend", "[]")
    .option("--flags <list>", "script rules that hold", "MANDATORY")
    .addHelpText("after", EXAMPLES)
    .action(async (options: VerifyTxOptions) => {
      // Only what this command needs: other implementations start it again and again.
      const { startEngines } = await import("@forkyard/node/process/engines");
      const { verifyTransaction } = await import("@forkyard/node/verify/verify-transaction");
      const curve = startEngines();
      if (options.tx === undefined) {
        await answerVerifyLines((request) => verifyTransaction({ flags: options.flags, ...request }, curve));
        return;
      }
      const request = { tx: options.tx, prevouts: parsePrevouts(options.prevouts ?? "[]"), flags: options.flags };
      printVerdict(verifyTransaction(request, curve), options);
    });
}

function parsePrevouts(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError("--prevouts is not JSON: give a list of { txid, vout, value, scriptPubKey }");
  }
}
