import type { Ancestry } from "@forkyard/consensus/rules/ancestry";
import { workOfBits } from "@forkyard/consensus/rules/target";
import { MemoryCoins } from "@forkyard/consensus/testing/memory-coins";
import type { Block } from "@forkyard/core/block";
import { fromHex } from "@forkyard/core/bytes/bytes";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import type { OutPoint } from "@forkyard/core/tx";

/** A line of a file of spent outputs. */
export interface SpentLine {
  readonly tx: number;
  readonly input: number;
  readonly value: number;
  readonly script: string;
  readonly same_block?: boolean;
  readonly height?: number;
  readonly coinbase?: boolean;
  /** Median time past of the block before the one that made the coin. */
  readonly mtp_before?: number;
}

/** Parameters of a network by the name that the data uses for it. */
export function paramsOf(network: string): NetworkParams {
  return networkByName(network === "testnet3" ? "testnet" : network);
}

export function readSpent(text: string): SpentLine[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as SpentLine);
}

/**
 * Entries of a block out of the middle of a chain and of its parent. The ancestors are made up: their times lie in the
 * past, or where a spent output tells the median time at its height, give that.
 */
export function contextOf(
  block: Block,
  height: number,
  spent: readonly SpentLine[] = [],
): { entry: ChainEntry; parent: ChainEntry; ancestry: Ancestry } {
  const medianTimes = new Map<number, number>();
  for (const line of spent) {
    if (line.height !== undefined && line.mtp_before !== undefined) medianTimes.set(line.height - 1, line.mtp_before);
  }
  const entryAt = (at: number, hash: BlockHash, time: number): ChainEntry => ({
    hash,
    header: { ...block.header, time },
    height: at,
    chainWork: workOfBits(block.header.bits),
    scheduleTime: 0,
    status: "header",
    sequence: 0,
  });
  const parent = entryAt(height - 1, block.header.prevHash, block.header.time - 1);
  const ancestry: Ancestry = {
    ancestor: (entry, at) => {
      if (at === entry.height) return entry;
      // The eleven headers of a median all have its time: each is looked up from the one above it.
      const time = entry === parent ? medianTimes.get(at) : undefined;
      return entryAt(at, `${at}` as BlockHash, time ?? entry.header.time);
    },
  };
  return { entry: entryAt(height, block.hash, block.header.time), parent, ancestry };
}

/** The coins that a block spends, out of its file of spent outputs. */
export function coinsOf(block: Block, spent: readonly SpentLine[]): MemoryCoins {
  const coins = new MemoryCoins();
  for (const line of spent) {
    if (line.same_block === true) continue;
    const outPoint = block.txs[line.tx]?.inputs[line.input]?.prevout as OutPoint;
    coins.put(outPoint, {
      output: { value: BigInt(line.value), scriptPubKey: fromHex(line.script) },
      height: line.height ?? 0,
      coinbase: line.coinbase ?? false,
    });
  }
  return coins;
}
