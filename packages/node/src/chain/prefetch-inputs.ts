import type { Block } from "@forkyard/core/block";
import type { ChainStore } from "@forkyard/core/ports/chain-store";

/**
 * Has the coins that a block spends read in one go and off this thread, while scripts of the blocks before it run: when
 * its turn comes they are in memory. Those that its own transactions or an undecided block make are not found; no harm.
 * @param failed told when the disk refuses
 */
export function prefetchInputs({ txs }: Block, store: ChainStore, failed: (error: unknown) => void): void {
  const outPoints = txs.flatMap((tx) => (tx.isCoinbase ? [] : tx.inputs.map(({ prevout }) => prevout)));
  if (outPoints.length > 0) store.prefetch?.(outPoints).catch(failed);
}
