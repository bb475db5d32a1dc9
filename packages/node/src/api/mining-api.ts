import type { Block } from "@forkyard/core/block";
import { fromHex } from "@forkyard/core/bytes/bytes";
import { RuleError } from "@forkyard/core/errors";
import type { BlockTemplateView, GenerateBlockRequest, GenerateRequest, MiningApi } from "@forkyard/rpc/node-api";
import { type BlockVerdict, outcomeOf } from "../chain/block-verdict.ts";
import { planBranch } from "../mining/branch-plan.ts";
import { generate } from "../mining/generate.ts";
import type { MiningDesk } from "../mining/mining-desk.ts";
import type { Node } from "../node.ts";

/** OP_TRUE: who asks for a template without saying who mines it gets a coinbase to replace. */
const PLACEHOLDER_SCRIPT = fromHex("51");

/** Mining as RPC sees it. */
export function miningApi(node: Node, desk: MiningDesk): MiningApi {
  return {
    generate: (request: GenerateRequest) =>
      generate(request, {
        miner: desk.miner,
        template: (payTo, wishes) => desk.templates.onDemand(payTo, wishes),
        submit: (block) => durably(node, (answer) => node.chain.takeBlock(block, node.nowSeconds(), answer)),
        announce: () => node.announceTip(),
        monotonicMs: () => node.clock.monotonicMs(),
      }),
    generateBlock: (request: GenerateBlockRequest) => generateBlock(node, desk, request),
    template: (): BlockTemplateView => {
      const { block, height, included } = desk.templates.onTip(desk.payTo ?? PLACEHOLDER_SCRIPT);
      return { block, height, fees: included.map(({ fee }) => fee) };
    },
  };
}

async function generateBlock(node: Node, desk: MiningDesk, request: GenerateBlockRequest): Promise<Block> {
  const { chain, store, params } = node;
  return desk.miner.exclusive(async () => {
    const parent = chain.tip;
    const txs = planBranch(request.txs, store, parent, params).flat();
    if (txs.length !== request.txs.length) {
      throw new RuleError("bad-txns-inputs-missingorspent", { wanted: request.txs.length, possible: txs.length });
    }
    const block = await desk.miner.search(
      () =>
        desk.templates.on({
          parent,
          ancestry: chain.tree,
          txs,
          payTo: request.scriptPubKey,
          time: desk.clock.onDemand(parent),
        }),
      { signal: request.signal, maxTries: Number.POSITIVE_INFINITY },
    );
    if (typeof block === "string") throw new RuleError("aborted");
    if (request.submit) await durably(node, (answer) => node.takeOwnBlock(block, answer));
    else await probe(node, block);
    return block;
  });
}

/** Resolves when a block of our own is taken and on the disk. @throws RuleError when the node refuses it */
async function durably(node: Node, take: (answer: (verdict: BlockVerdict) => void) => void): Promise<void> {
  outcomeOf(await new Promise(take));
  await node.chain.durable();
}

/** @throws RuleError */
async function probe(node: Node, block: Block): Promise<void> {
  const now = node.nowSeconds();
  const failure = await new Promise<RuleError | undefined>((answer) => node.chain.probeBlock(block, now, answer));
  if (failure !== undefined) throw failure;
}
