import { checkBlock } from "@forkyard/consensus/rules/check-block";
import { rejectReason } from "@forkyard/consensus/rules/codes";
import { medianTimePast } from "@forkyard/consensus/rules/median-time";
import { nextBits } from "@forkyard/consensus/rules/retarget/next-bits";
import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta, Coin } from "@forkyard/core/coins";
import type { RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { BlockHeader } from "@forkyard/core/header";
import type { OutPoint } from "@forkyard/core/tx";
import type { ChainApi, CoinSetHashType, CoinSetInfo } from "@forkyard/rpc/node-api";
import { describeCoins } from "@forkyard/storage/coin-hash/coin-set";
import { attempt, type BlockVerdict } from "../chain/block-verdict.ts";
import type { Node } from "../node.ts";

/** The chain as RPC sees it. */
export function chainApi(node: Node): ChainApi {
  const { chain, store, params } = node;
  return {
    tip: () => chain.tip,
    bestHeader: () => chain.tree.bestHeader(),
    entry: (hash: BlockHash) => chain.tree.get(hash),
    entryAt: (height: number) => chain.activeAt(height),
    leaves: () => chain.tree.tips(),
    medianTimePast: (entry: ChainEntry) => medianTimePast(entry, chain.tree),
    nextBits: () => nextBits(chain.tip, node.nowSeconds(), chain.tree, params),
    blockBytes: (hash: BlockHash): Uint8Array | undefined => chain.blockBytes(hash),
    undo: (hash: BlockHash): BlockDelta | undefined => store.undo(hash),
    coin: (outPoint: OutPoint): Coin | undefined => store.coin(outPoint),
    coinTotals: () => ({ count: chain.tipRecord.coinCount, total: chain.tipRecord.coinTotal }),
    coinSetInfo: (type: CoinSetHashType) => coinSetInfo(node, type),
    prunedHeight: () => (node.prunes || store.prunedHeight() > 0 ? store.prunedHeight() : undefined),
    initialBlockDownload: () => node.initialDownload(),
    sizeOnDiskBytes: () => node.sizeOnDiskBytes(),
    submitBlock: (block: Block) => submitBlock(node, block),
    submitHeader: (header: BlockHeader) => submitHeader(node, header),
  };
}

async function coinSetInfo({ chain, store }: Node, type: CoinSetHashType): Promise<CoinSetInfo> {
  const { height, hash } = chain.tip;
  // The scan sees what was committed up to this call, which is up to this tip, and nothing that comes later.
  const info = await describeCoins(store.coins(), type);
  return { height, bestBlock: hash, ...info };
}

/** bitcoind's answer to `submitblock`; a block that joins the chain or a branch is announced. */
async function submitBlock(node: Node, block: Block): Promise<string | undefined> {
  const parentWasInvalid = node.chain.tree.get(block.header.prevHash)?.status === "invalid";
  const verdict = await new Promise<BlockVerdict>((answer) => node.takeOwnBlock(block, answer));
  if (verdict.kind !== "refused") await node.chain.durable();
  switch (verdict.kind) {
    case "connected":
      return undefined;
    case "side":
      return "inconclusive";
    case "unknown-parent":
      return "prev-blk-not-found";
    case "duplicate":
      return "duplicate";
    case "refused":
      // It was stored, and fell with an ancestor that only now was looked at: bitcoind has nothing to say of it.
      if (verdict.error.code === "bad-prevblk" && !parentWasInvalid) return "inconclusive";
      return rejectReason(refusalOf(node, block, verdict.error));
  }
}

function submitHeader(node: Node, header: BlockHeader): string | undefined {
  const { error } = node.chain.submitHeaders([header], node.nowSeconds());
  return error === undefined ? undefined : rejectReason(error);
}

/** bitcoind looks at a block itself before it asks whether the hash is known, so a second copy is refused for the same. */
function refusalOf({ params }: Node, block: Block, error: RuleError): RuleError {
  if (error.code !== "duplicate-invalid" || params.signetChallenge !== undefined) return error;
  const checked = attempt(() => void checkBlock(block, params));
  return checked ?? error;
}
