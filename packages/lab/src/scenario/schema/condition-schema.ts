import { z } from "zod";
import { MAX_BLOCKS_PER_STEP } from "../../limits.ts";
import { actorName, durationText, nodeName, nodeNames, paymentName } from "../values.ts";
import type { WrittenCondition } from "../written.ts";
import { oneOf, strict } from "./strict.ts";

const blocks = z.int().min(0).max(MAX_BLOCKS_PER_STEP);
/** A branch of a step, or `ACTOR.NAME` for one that an actor opens. */
export const branchName: z.ZodType<string, string> = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}(?:\.[a-z0-9-]{1,64})?$/, "the name of a branch; ACTOR.NAME for one of an actor's");
const branchBlocks = strict({ node: nodeName, branch: branchName, blocks });

export const conditionSchema: z.ZodType<WrittenCondition, WrittenCondition> = z.lazy(() =>
  oneOf(
    {
      at: durationText.optional().describe("So much time has passed since the scenario began."),
      height: strict({ on: nodeName, atLeast: blocks })
        .optional()
        .describe("The node's chain is so high, bootstrap included."),
      blocks: strict({ on: nodeName, atLeast: blocks })
        .optional()
        .describe("The node's chain has grown so much since the scenario began."),
      confirmations: strict({ payment: paymentName, on: nodeName, atLeast: blocks.min(1) })
        .optional()
        .describe("The node sees so many confirmations of the payment."),
      mempool: strict({ payment: paymentName, on: nodeName })
        .optional()
        .describe("The payment waits in the node's mempool."),
      branch: branchBlocks.optional().describe("The secret branch is so long."),
      ahead: branchBlocks.optional().describe("The secret branch ends so much higher than the node's public chain."),
      reorg: strict({ on: nodeName, depth: blocks.min(1) })
        .optional()
        .describe("The node has taken back at least so many blocks at once."),
      oneTip: nodeNames.optional().describe("They all have the same tip."),
      actorDone: actorName.optional().describe("There is nothing more that the actor wants to do."),
      all: z.array(conditionSchema).min(1).optional().describe("All of them hold."),
      any: z.array(conditionSchema).min(1).optional().describe("One of them holds."),
    },
    "a condition",
  ).meta({ id: "condition", minProperties: 1, maxProperties: 1 }),
);
