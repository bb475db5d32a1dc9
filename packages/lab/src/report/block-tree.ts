import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { BlockEvent, MinedEvent, WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";

/** A block of the tree that all nodes together have seen. */
export interface TreeBlock {
  readonly hash: BlockHash;
  readonly parent: BlockHash;
  readonly height: number;
  readonly miner: NodeName | undefined;
  /** When it was mined, or first seen when nobody told. */
  readonly minedAtMs: number;
  /** When a node first had it on its active chain; undefined: never. */
  publicAtMs: number | undefined;
  /** Mined in secret. */
  readonly withheld: boolean;
  readonly txids: readonly Txid[];
  /** On the chain that won: the one that most nodes end on. */
  won: boolean;
}

export interface BlockTree {
  /** Parents before children. */
  readonly blocks: ReadonlyMap<BlockHash, TreeBlock>;
  /** Tip of each node at the end. */
  readonly tips: ReadonlyMap<NodeName, BlockHash>;
  /** The tip that most nodes end on; ties: the highest. */
  readonly winner: BlockHash | undefined;
}

/** Puts the blocks of a run together from what was told about them. */
export function blockTree(events: readonly WorldEvent[]): BlockTree {
  const blocks = new Map<BlockHash, TreeBlock>();
  const tips = new Map<NodeName, BlockHash>();
  for (const event of events) {
    if (event.type === "mined") enter(blocks, event, event.node, event.branch !== undefined);
    if (event.type !== "block") continue;
    const block = blocks.get(event.hash) ?? enter(blocks, event, event.miner, false);
    block.publicAtMs ??= event.atMs;
    tips.set(event.node, event.hash);
  }
  const winner = mostCommonTip(blocks, tips);
  for (let hash = winner; hash !== undefined; ) {
    const block = blocks.get(hash);
    if (block !== undefined) block.won = true;
    hash = block?.parent;
  }
  return { blocks, tips, winner };
}

function enter(
  blocks: Map<BlockHash, TreeBlock>,
  event: MinedEvent | BlockEvent,
  miner: NodeName | undefined,
  withheld: boolean,
): TreeBlock {
  const { hash, parent, height, txids } = event;
  const known = blocks.get(hash);
  if (known !== undefined) return known;
  const block = {
    hash,
    parent,
    height,
    miner,
    minedAtMs: event.atMs,
    publicAtMs: undefined,
    withheld,
    txids,
    won: false,
  };
  blocks.set(hash, block);
  return block;
}

function mostCommonTip(
  blocks: ReadonlyMap<BlockHash, TreeBlock>,
  tips: ReadonlyMap<NodeName, BlockHash>,
): BlockHash | undefined {
  const counts = new Map<BlockHash, number>();
  for (const hash of tips.values()) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  const height = (hash: BlockHash): number => blocks.get(hash)?.height ?? 0;
  const ranked = [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || height(b) - height(a));
  return ranked[0]?.[0];
}
