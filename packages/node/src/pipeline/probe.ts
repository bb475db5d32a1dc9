import type { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { acceptBlock } from "@forkyard/consensus/rules/accept-block";
import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { CoinReader } from "@forkyard/core/coins";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { BlockReader } from "../chain/block-reader.ts";
import type { ScriptRunner } from "../scripts/script-runner.ts";
import { type ConnectResult, connectStage } from "./connect.ts";

/** Where a block would come. */
export interface ProbePlace {
  readonly parent: ChainEntry;
  readonly tree: HeaderTree;
  /** As they are after the parent. */
  readonly coins: CoinReader;
  readonly params: NetworkParams;
  readonly reader: BlockReader;
  readonly scripts: ScriptRunner;
  readonly nowSeconds: number;
}

/** All stages up to the scripts for a block that is not to be kept. @throws RuleError */
export function probeStage(block: Block, place: ProbePlace): ConnectResult {
  const { parent, tree, coins, params, reader, scripts, nowSeconds } = place;
  const entry = acceptHeader(block.header, block.hash, parent, tree, params, nowSeconds);
  const accepted = acceptBlock(reader.check(block), entry, parent, tree, params);
  return connectStage(accepted, parent, coins, { params, tree, scripts });
}
