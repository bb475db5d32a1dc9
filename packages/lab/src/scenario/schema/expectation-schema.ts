import { z } from "zod";
import {
  amountText,
  fractionOf,
  nodeName,
  nodeNames,
  paymentName,
  plainText,
  satoshisOf,
  shareText,
  walletName,
} from "../values.ts";
import type { WrittenBound, WrittenExpectation } from "../written.ts";
import { oneOf, present, strict } from "./strict.ts";

/** Something counted. */
const bound = boundOf(z.number().min(0));
/** Whatever an actor tells, which may be below 0. */
const anyNumber = boundOf(z.number());
const on = nodeName;
const RESULT_KEY = /^[a-z][a-z0-9-]{0,31}\.[A-Za-z][A-Za-z0-9_-]{0,63}$/;

const chain = {
  reorg: strict({ on, depth: bound }).optional().describe("Depth of the node's deepest reorganisation; 0: none."),
  reorgs: strict({ on, minDepth: z.int().min(1).optional(), count: bound })
    .optional()
    .describe("How many reorganisations the node had."),
  blocksAdded: strict({ on, blocks: bound }).optional().describe("Blocks put on in its deepest reorganisation."),
  tipMiner: strict({ on, miner: nodeName }).optional().describe("Who mined the last block."),
  oneTip: nodeNames.optional().describe("They agree."),
  tips: z
    .union([z.int().min(0), strict({ count: bound, ever: z.boolean().optional() })])
    .optional()
    .describe("How many different tips the running nodes have."),
  height: strict({ on, height: bound }).optional().describe("Height of the node's chain."),
  blocks: strict({ on, blocks: bound }).optional().describe("How much it has grown since the scenario began."),
  blocksShare: strict({ on, miner: nodeName, share: boundOf(shareText) })
    .optional()
    .describe("Share of the chain's blocks since the scenario began that the node (or group) mined."),
  sameBlock: strict({ nodes: z.tuple([nodeName, nodeName]), height: z.int().min(0) })
    .optional()
    .describe("Both have the same block at that height."),
  refused: strict({ on, code: plainText.optional(), count: bound })
    .optional()
    .describe("How many blocks the node refused."),
};

const money = {
  payment: strict({
    id: paymentName,
    on,
    fate: z.enum(["confirmed", "mempool", "reversed", "dropped", "never-seen"]),
    confirmations: bound.optional(),
  })
    .optional()
    .describe("What became of a payment, as a node sees it."),
  balance: strict({ wallet: walletName, amount: boundOf(amountText) })
    .optional()
    .describe("Confirmed balance of a wallet."),
  supply: nodeName.optional().describe("The node's coins add up to what its blocks have issued."),
  result: z
    .record(z.string().regex(RESULT_KEY, "a result is ACTOR.FIELD"), z.union([anyNumber, z.string(), z.boolean()]))
    .optional()
    .describe("What an actor came to."),
};

export const expectationSchema: z.ZodType<WrittenExpectation, WrittenExpectation> = oneOf(
  { ...chain, ...money },
  "an expectation",
).meta({ id: "expectation", minProperties: 1, maxProperties: 1 });

/** A value exactly, or a mapping with atLeast, atMost or both. */
function boundOf<T>(value: z.ZodType<T, T>): z.ZodType<WrittenBound<T>, WrittenBound<T>> {
  const mapping = strict({ atLeast: value.optional(), atMost: value.optional() })
    .refine(
      (given) => present(given, ["atLeast", "atMost"]).length > 0,
      "a bound is a value, or has atLeast, atMost or both",
    )
    .refine(
      ({ atLeast, atMost }) => atLeast === undefined || atMost === undefined || !(numberOf(atLeast) > numberOf(atMost)),
      "atLeast is more than atMost: nothing is both",
    );
  return z.union([value, mapping]) as z.ZodType<WrittenBound<T>, WrittenBound<T>>;
}

/** A number, a share or an amount, to be compared with another of its kind. */
function numberOf(value: unknown): number {
  if (typeof value !== "string") return Number(value);
  return value.endsWith("%") ? fractionOf(value) : Number(satoshisOf(value));
}
