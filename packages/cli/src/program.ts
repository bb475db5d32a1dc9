import { Command } from "commander";
import { addDown } from "./commands/down.ts";
import { addImport } from "./commands/import.ts";
import { addLogs } from "./commands/logs.ts";
import { addNode } from "./commands/node.ts";
import { addOdds } from "./commands/odds.ts";
import { addHeal, addPartition } from "./commands/partition.ts";
import { addPay } from "./commands/pay.ts";
import { addReorg } from "./commands/reorg.ts";
import { addReplay } from "./commands/replay.ts";
import { addRpc } from "./commands/rpc.ts";
import { addScenario } from "./commands/scenario.ts";
import { addStatus } from "./commands/status.ts";
import { addSweep } from "./commands/sweep.ts";
import { addUp } from "./commands/up.ts";
import { addVerify } from "./commands/verify.ts";
import { addVerifyBlock } from "./commands/verify-block.ts";
import { addVerifyTx } from "./commands/verify-tx.ts";
import { addWallet } from "./commands/wallet.ts";
import { version } from "./version.ts";

const EXAMPLES = `
A first reorganisation:
  forkyard up --detach
  forkyard pay alice merchant 1.5
  forkyard reorg 3
  forkyard down

Exit codes: 0 done, 1 it did not hold, 2 bad usage or input. Every command takes --json.`;

/** The `forkyard` command with all its sub-commands. Mistakes in usage are thrown as CommanderError, not printed. */
export function buildProgram(): Command {
  const program = new Command("forkyard")
    .description("A devnet of real Bitcoin-format full nodes: mine, pay, fork, reorganise.")
    .version(version())
    .addHelpText("after", EXAMPLES);
  // Settings first: sub-commands inherit them when they are made.
  program
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(true);
  for (const add of [
    addUp,
    addStatus,
    addLogs,
    addDown,
    addPay,
    addReorg,
    addPartition,
    addHeal,
    addWallet,
    addRpc,
    addNode,
    addImport,
    addVerify,
    addVerifyTx,
    addVerifyBlock,
    addScenario,
    addReplay,
    addOdds,
    addSweep,
  ]) {
    add(program);
  }
  return program;
}
