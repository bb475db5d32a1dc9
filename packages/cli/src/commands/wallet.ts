import { formatCoins } from "@forkyard/core/units";
import type { WalletLine } from "@forkyard/devnet/wallets";
import type { Command } from "commander";
import { type DevnetOptions, outputOf, withDevnet, withRunningDevnet } from "../context.ts";
import { table } from "../output/table.ts";

const EXAMPLES = `
Examples:
  forkyard wallet list
  forkyard wallet balance merchant --json
  forkyard wallet new-address alice`;

export function addWallet(program: Command): void {
  const wallet = program
    .command("wallet")
    .description("wallets of the devnet: list, balance, new-address")
    .addHelpText("after", EXAMPLES);
  addList(wallet);
  addBalance(wallet);
  addNewAddress(wallet);
}

function addList(parent: Command): void {
  withDevnet(parent.command("list"))
    .description("all wallets with what they own")
    .action(async (options: DevnetOptions) => {
      const output = outputOf(options);
      const { walletLines } = await import("@forkyard/devnet/wallets");
      await withRunningDevnet(options, async (devnet) => {
        const wallets = await walletLines(devnet);
        output.result({ wallets }, () => walletTable(wallets));
      });
    });
}

function addBalance(parent: Command): void {
  withDevnet(parent.command("balance"))
    .description("what one wallet owns")
    .argument("<wallet>")
    .action(async (wallet: string, options: DevnetOptions) => {
      const output = outputOf(options);
      const { walletLine } = await import("@forkyard/devnet/wallets");
      await withRunningDevnet(options, async (devnet) => {
        const line = await walletLine(devnet, wallet);
        output.result(line, () => walletTable([line]));
      });
    });
}

function addNewAddress(parent: Command): void {
  withDevnet(parent.command("new-address"))
    .description("a fresh address of a wallet")
    .argument("<wallet>")
    .action(async (wallet: string, options: DevnetOptions) => {
      const output = outputOf(options);
      await withRunningDevnet(options, async (devnet) => {
        const address = await devnet.walletHost(wallet).newAddress(wallet);
        output.result({ wallet, address }, () => [address]);
      });
    });
}

function walletTable(wallets: readonly WalletLine[]): readonly string[] {
  const rows = wallets.map((line) => [
    line.wallet,
    line.node,
    formatCoins(BigInt(line.confirmed)),
    formatCoins(BigInt(line.unconfirmed)),
    formatCoins(BigInt(line.immature)),
  ]);
  return table(["WALLET", "NODE", "CONFIRMED", "UNCONFIRMED", "IMMATURE"], rows);
}
