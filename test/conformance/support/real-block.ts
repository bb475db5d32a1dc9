import { MemoryCoins } from "@forkyard/consensus/testing/memory-coins";
import type { Block } from "@forkyard/core/block";
import { fromHex } from "@forkyard/core/bytes/bytes";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import type { OutPoint } from "@forkyard/core/tx";
import { type PlacedBlock, placeBlock } from "@forkyard/node/verify/place-block";

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

/** The block in a chain that is not there, with the median times that its spent outputs tell. */
export function contextOf(block: Block, height: number, spent: readonly SpentLine[] = []): PlacedBlock {
  const byHeight = new Map<number, number>();
  for (const line of spent) {
    if (line.height !== undefined && line.mtp_before !== undefined) byHeight.set(line.height - 1, line.mtp_before);
  }
  return placeBlock(block, height, { byHeight });
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
