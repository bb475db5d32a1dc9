import { z } from "zod";
import { MAX_BLOCKS_PER_STEP, MAX_EXEC_LIMIT_MS, MAX_STEP_ACTIONS } from "../../limits.ts";
import { MAX_CONFIRMATIONS } from "../../odds/limits.ts";
import {
  actorName,
  amountText,
  bandwidthText,
  bytesPerSecondOf,
  durationText,
  fractionOf,
  nameSchema,
  nodeName,
  nodeNames,
  offsetText,
  paymentName,
  plainText,
  satoshisOf,
  shareText,
  walletName,
} from "../values.ts";
import type { WrittenAction, WrittenLinkValues } from "../written.ts";
import { branchName } from "./condition-schema.ts";
import { ruleName } from "./rule-name.ts";
import { oneOf, type ShapeOf, strict } from "./strict.ts";

/** A coinbase holds 100 bytes, the height and other things among them. */
const MAX_TAG_CHARACTERS = 40;
const depth = z.int().min(0).max(MAX_BLOCKS_PER_STEP).optional();
const intoBranch = strict({ branch: branchName });
const hold = z.literal("hold", 'into is "hold" or a mapping such as { branch: NAME }');
const life = z.union([nodeName, strict({ node: nodeName, disk: z.enum(["keep", "wipe", "flip-bit"]).optional() })]);
const feeRate = z.number().positive().max(1_000_000).optional().describe("Satoshis a virtual byte.");
const word = z.string().max(10_000);

/** Values of a link that may be given anywhere. */
export const linkValues: ShapeOf<WrittenLinkValues> = {
  latency: durationText.optional().describe("How long a message takes, one way."),
  jitter: durationText.optional().describe("By how much that varies."),
  bandwidth: bandwidthText.refine((text) => bytesPerSecondOf(text) > 0, "more than 0 kbit/s").optional(),
  loss: shareText
    .refine(
      (text) => fractionOf(text) < 1,
      "less than 100%: a lost message is sent again until it arrives (a cut link: up: false)",
    )
    .optional()
    .describe("Share of messages that are lost and sent again."),
};

const payments = {
  pay: strict({
    id: nameSchema,
    from: walletName,
    to: walletName,
    amount: amountText.refine((text) => satoshisOf(text) > 0n, "a payment is more than 0 sat"),
    feeRate,
    into: z.union([hold, intoBranch]).optional(),
  })
    .optional()
    .describe("A payment between wallets."),
  doubleSpend: strict({
    id: nameSchema,
    of: paymentName,
    feeRate,
    into: z.union([hold, oneOf({ branch: branchName.optional(), mempoolOf: nodeName.optional() }, "into")]),
  })
    .optional()
    .describe("A payment back to the payer over the same coins."),
  announce: strict({ id: paymentName, at: nodeName }).optional().describe("Announces a payment that was held."),
  censor: strict({
    node: nodeName,
    payments: z.array(paymentName),
    feather: z.int().min(1).max(1_000).optional(),
  })
    .optional()
    .describe("The node mines none of these payments."),
};

const mining = {
  mine: strict({
    node: nodeName,
    blocks: z.int().min(1).max(MAX_BLOCKS_PER_STEP).optional(),
    branch: branchName.optional(),
    empty: z.boolean().optional(),
    version: z.int().min(-0x80000000).max(0x7fffffff).optional(),
    tag: plainText
      .refine((text) => text.length <= MAX_TAG_CHARACTERS, `at most ${MAX_TAG_CHARACTERS} characters`)
      .optional()
      .describe("Text in the coinbase."),
    timeStep: durationText.optional().describe("Header times so far apart."),
  })
    .optional()
    .describe("Mines blocks at once, whatever its hash power."),
  hashPower: z
    .record(nameSchema, shareText)
    .refine((shares) => Object.keys(shares).length > 0, "a mapping of nodes to shares: { NODE: 60% }")
    .optional()
    .describe("Changes shares of the hash power."),
  withhold: strict({ node: nodeName, branch: branchName, depth })
    .optional()
    .describe("Opens a secret branch, depth blocks below the tip."),
  publish: strict({ node: nodeName, branch: branchName, blocks: z.int().min(1).optional() })
    .optional()
    .describe("Publishes what is secret of a branch."),
  abandon: strict({ node: nodeName, branch: branchName }).optional().describe("Gives a branch up."),
};

const netAndNodes = {
  partition: z.array(z.array(nameSchema).min(1)).min(2).optional().describe("Cuts all links between the groups."),
  heal: z.literal(true, "write heal: true").optional().describe("Restores them."),
  link: strict({ between: z.tuple([nodeName, nodeName]), up: z.boolean().optional(), ...linkValues })
    .optional()
    .describe("Changes a link."),
  crash: life.optional().describe("Ends a node at once: what was not synced is lost."),
  stop: life.optional().describe("Stops a node in order."),
  start: life.optional().describe("Starts a node."),
  clock: strict({ node: nodeName, offset: offsetText }).optional().describe("Moves a node's clock."),
  rules: strict({ node: nodeName, rules: ruleName }).optional().describe("Switches over to other rules."),
  invalidate: strict({ node: nodeName, tipOf: nodeName, depth })
    .optional()
    .describe("The operator declares a block invalid: depth below the tip of tipOf."),
  reconsider: nodeName.optional().describe("Takes all invalidate of a node back."),
  checkpoint: strict({ nodes: nodeNames, tipOf: nodeName, depth })
    .optional()
    .describe("Makes a block final for nodes with checkpoints or chainlocks."),
  adjust: strict({
    actor: actorName,
    confirmations: z.int().min(0).max(MAX_CONFIRMATIONS).optional().describe("What it asks for from now on."),
    halted: z.boolean().optional().describe("true: it hands nothing out until false."),
  })
    .refine(
      ({ confirmations, halted }) => confirmations !== undefined || halted !== undefined,
      "say what changes: confirmations, halted",
    )
    .optional()
    .describe("A merchant or an exchange changes what it does."),
  note: plainText.optional().describe("A line for the trace."),
  exec: strict({
    command: z.array(word).min(1).max(1_000),
    expectExit: z.int().min(0).max(255).optional(),
    timeLimit: durationText.optional().describe(`At most ${MAX_EXEC_LIMIT_MS / 60_000}m.`),
  })
    .optional()
    .describe("Runs a command of yours, with --allow-exec."),
};

/** The keys that say what a step does. */
export const actionShape: ShapeOf<WrittenAction> = {
  ...payments,
  ...mining,
  ...netAndNodes,
};

export const actionSchema: z.ZodType<WrittenAction, WrittenAction> = oneOf(actionShape, "an action").meta({
  id: "action",
  minProperties: 1,
  maxProperties: 1,
});

export const actionsSchema: z.ZodType<readonly WrittenAction[], readonly WrittenAction[]> = z
  .array(actionSchema)
  .min(1)
  .max(MAX_STEP_ACTIONS);
