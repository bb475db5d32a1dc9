import type { Ancestry } from "@forkyard/consensus/rules/ancestry";
import { subsidyAt } from "@forkyard/consensus/rules/subsidy";
import { workOfBits } from "@forkyard/consensus/rules/target";
import { MemoryCoins } from "@forkyard/consensus/testing/memory-coins";
import type { Block } from "@forkyard/core/block";
import { fromHex } from "@forkyard/core/bytes/bytes";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import type { OutPoint } from "@forkyard/core/tx";

/** A row of blocks.json. */
export interface BlockFacts {
  readonly network: "mainnet" | "testnet3";
  readonly height: number;
  readonly hash: string;
  readonly file: string;
  readonly txs: number;
  readonly size: number;
  readonly weight: number;
  readonly fees?: number;
  readonly spent_file?: string;
}

interface SpentLine {
  readonly tx: number;
  readonly input: number;
  readonly value: number;
  readonly script: string;
  readonly same_block?: boolean;
  readonly height?: number;
  readonly coinbase?: boolean;
}

export function paramsOf(facts: BlockFacts): NetworkParams {
  return networkByName(facts.network === "mainnet" ? "mainnet" : "testnet");
}

/** Entries of a block out of the middle of a chain and of its parent, and ancestors that lie far enough in the past. */
export function contextOf(block: Block, height: number): { entry: ChainEntry; parent: ChainEntry; ancestry: Ancestry } {
  const entryAt = (at: number, hash: BlockHash, time: number): ChainEntry => ({
    hash,
    header: { ...block.header, time },
    height: at,
    chainWork: workOfBits(block.header.bits),
    scheduleTime: 0,
    status: "header",
    sequence: 0,
  });
  const recent = height - 12;
  const ancestry: Ancestry = {
    ancestor: (entry, at) =>
      at === entry.height ? entry : entryAt(at, `${at}` as BlockHash, at > recent ? block.header.time - 1 : 0),
  };
  return {
    entry: entryAt(height, block.hash, block.header.time),
    parent: entryAt(height - 1, block.header.prevHash, block.header.time - 1),
    ancestry,
  };
}

/** The coins that a block spends, out of its file of spent outputs. */
export function coinsOf(block: Block, jsonLines: string): MemoryCoins {
  const coins = new MemoryCoins();
  for (const text of jsonLines.trim().split("\n")) {
    const line = JSON.parse(text) as SpentLine;
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

/** Satoshis that the block's coinbase may take. */
export function coinbaseLimit(facts: BlockFacts, fees: bigint): bigint {
  return subsidyAt(facts.height, paramsOf(facts)) + fees;
}
