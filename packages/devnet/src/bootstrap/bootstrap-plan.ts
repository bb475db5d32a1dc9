/** What a wallet owns before the net starts to mine, in satoshis. */
export interface WalletFunds {
  readonly wallet: string;
  readonly spendable: bigint;
  readonly immature: bigint;
}

/** So many blocks in a row whose rewards go to one wallet. */
export interface MiningTurn {
  readonly wallet: string;
  readonly blocks: number;
}

/**
 * Which blocks give every wallet a coin that it may spend, by the network's own rules: a block for each wallet that has
 * nothing, then `maturity` blocks for the miners on top, because a coinbase may be spent only then. Nothing when
 * nobody needs it.
 */
export function bootstrapPlan(
  funds: readonly WalletFunds[],
  miners: readonly string[],
  maturity: number,
): readonly MiningTurn[] {
  if (funds.every((owner) => owner.spendable > 0n)) return [];
  const empty = funds.filter((owner) => owner.spendable === 0n && owner.immature === 0n);
  const turns = empty.map((owner): MiningTurn => ({ wallet: owner.wallet, blocks: 1 }));
  return [...turns, ...shared(maturity, miners)];
}

/** Deals `blocks` out among the miners, as evenly as it goes. */
function shared(blocks: number, miners: readonly string[]): readonly MiningTurn[] {
  return miners
    .map((wallet, place): MiningTurn => {
      const until = Math.floor((blocks * (place + 1)) / miners.length);
      return { wallet, blocks: until - Math.floor((blocks * place) / miners.length) };
    })
    .filter((turn) => turn.blocks > 0);
}
