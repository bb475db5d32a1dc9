import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { BlockPlace, BranchName, NodeName, PaymentName } from "../world/world.ts";

/** A branch that is mined in secret, as its owner knows it. */
export interface BranchView {
  readonly fork: BlockPlace;
  /** Oldest first. */
  readonly blocks: readonly BlockPlace[];
  /** How many of them are published. */
  readonly published: number;
  readonly open: boolean;
}

/** What events have told so far. */
export interface ChainViews {
  tip(node: NodeName): BlockPlace;
  /** The block of a node's active chain at a height. */
  activeAt(node: NodeName, height: number): BlockPlace | undefined;
  isActive(node: NodeName, hash: BlockHash): boolean;
  miner(hash: BlockHash): NodeName | undefined;
  parent(hash: BlockHash): BlockHash | undefined;
  heightOf(hash: BlockHash): number | undefined;
  branch(node: NodeName, branch: BranchName): BranchView | undefined;
  txid(payment: PaymentName): Txid | undefined;
  /** 0: not in a block of the node's active chain. */
  confirmations(node: NodeName, txid: Txid): number;
  inMempool(node: NodeName, txid: Txid): boolean;
  /** Height of the tip when the scenario began, after the bootstrap. */
  startHeight(): number;
}
