import { COIN, formatCoins } from "@forkyard/core/units";
import type { Command } from "commander";
import { type DevnetOptions, outputOf, withDevnet, withRunningDevnet } from "../context.ts";

const EXAMPLES = `
Examples:
  forkyard pay alice merchant 1.5
  forkyard pay bob fyrd1q…  0.001 --wait --json      amounts in the answer are satoshis (1 coin = ${COIN})`;

interface PayOptions extends DevnetOptions {
  readonly wait?: boolean;
}

export function addPay(program: Command): void {
  withDevnet(program.command("pay"))
    .description("pay from a wallet to a wallet or an address; waits until every node's mempool has it")
    .argument("<from>", "wallet: alice, bob, merchant, miner1 …")
    .argument("<to>", "wallet or address")
    .argument("<amount>", "whole coins, such as 1.5")
    .option("--wait", "wait until it is mined, too")
    .addHelpText("after", EXAMPLES)
    .action(async (from: string, to: string, amount: string, options: PayOptions) => {
      const output = outputOf(options);
      const { pay } = await import("@forkyard/devnet/pay");
      await withRunningDevnet(options, async (devnet) => {
        const result = await pay(devnet, { from, to, amount, untilMined: options.wait === true });
        output.result(result, () => {
          const lines = [
            `${from} pays ${formatCoins(BigInt(result.amount))} to ${to}, fee ${formatCoins(BigInt(result.fee))}`,
            `txid ${result.txid}`,
            `in the mempool of ${result.seenBy.join(", ")} after ${result.milliseconds} ms`,
          ];
          const { block } = result;
          return block === undefined ? lines : [...lines, `mined at height ${block.height} in ${block.hash}`];
        });
      });
    });
}
