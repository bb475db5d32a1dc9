import type { Block } from "@forkyard/core/block";
import { fromHex } from "@forkyard/core/bytes/bytes";
import { RuleError } from "@forkyard/core/errors";
import type { BlockTemplateView, GenerateBlockRequest, GenerateRequest, MiningApi } from "@forkyard/rpc/node-api";
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
        template: (payTo) => desk.templates.onDemand(payTo),
        submit: (block) => {
          node.submitOwnBlock(block);
          return node.chain.durable();
        },
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
    if (request.submit) {
      node.submitOwnBlock(block);
      await node.chain.durable();
    } else chain.probeBlock(block, node.nowSeconds());
    return block;
  });
}
