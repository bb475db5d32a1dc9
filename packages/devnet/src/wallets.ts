import type { RunningDevnet } from "./remote/running-devnet.ts";

/** One wallet; amounts are satoshis. */
export interface WalletLine {
  readonly wallet: string;
  /** The node that holds it. */
  readonly node: string;
  readonly confirmed: number;
  readonly unconfirmed: number;
  /** Rewards that cannot be spent yet. */
  readonly immature: number;
}

export async function walletLine(devnet: RunningDevnet, wallet: string): Promise<WalletLine> {
  const host = devnet.walletHost(wallet);
  const { spendable, unconfirmed, immature } = await host.balances(wallet);
  return {
    wallet,
    node: host.name,
    confirmed: Number(spendable),
    unconfirmed: Number(unconfirmed),
    immature: Number(immature),
  };
}

/** All wallets whose nodes run. */
export function walletLines(devnet: RunningDevnet): Promise<readonly WalletLine[]> {
  const running = new Set(devnet.running().flatMap((node) => node.state.wallets));
  return Promise.all(devnet.walletNames.filter((name) => running.has(name)).map((name) => walletLine(devnet, name)));
}
