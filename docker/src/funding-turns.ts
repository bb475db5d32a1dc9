import { bootstrapPlan } from "@forkyard/devnet/bootstrap/bootstrap-plan";
import type { DevnetPlan } from "@forkyard/devnet/config/plan-devnet";

/** Blocks that one node mines at full power for one of its wallets: those above `from`, up to and including `until`. */
export interface FundingTurn {
  readonly node: string;
  readonly wallet: string;
  /** Height of the chain at which the turn begins. */
  readonly from: number;
  /** Height of the chain at which it is over. */
  readonly until: number;
}

/**
 * Deals the blocks that fund a fresh devnet (the same ones as "forkyard up" mines) out to the nodes that hold the
 * wallets. The turns follow one another without a gap from height 0, so the height of the chain alone says whose turn it
 * is: nodes in different containers need no other word to take turns.
 * @param maturity blocks after which a reward may be spent
 */
export function fundingTurns(plan: DevnetPlan, maturity: number): readonly FundingTurn[] {
  const hosts = new Map(plan.nodes.flatMap((node) => node.wallets.map((wallet) => [wallet, node.name] as const)));
  const miners = plan.nodes.map((node) => node.payTo);
  const named = [...hosts.keys()].filter((wallet) => !miners.includes(wallet));
  const funds = [...named, ...miners].map((wallet) => ({ wallet, spendable: 0n, immature: 0n }));
  let height = 0;
  return bootstrapPlan(funds, miners, maturity).map(({ wallet, blocks }): FundingTurn => {
    const from = height;
    height += blocks;
    return { node: hosts.get(wallet) ?? "", wallet, from, until: height };
  });
}

/** The turn that a chain of this height is in; undefined once all turns are over. */
export function turnAt(turns: readonly FundingTurn[], height: number): FundingTurn | undefined {
  return turns.find((turn) => turn.from <= height && height < turn.until);
}
