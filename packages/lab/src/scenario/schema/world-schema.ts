import { z } from "zod";
import { MAX_BOOTSTRAP_BLOCKS, MAX_SCENARIO_NODES } from "../../limits.ts";
import { amountText, durationText, nodeName, offsetText, shareText } from "../values.ts";
import type { WrittenLink, WrittenNetwork, WrittenNode, WrittenTopology, WrittenWallet } from "../written.ts";
import { linkValues } from "./action-schema.ts";
import { ruleName } from "./rule-name.ts";
import { oneOf, strict } from "./strict.ts";

const rules = z.enum(["devnet", "regtest"]);

export const networkSchema: z.ZodType<"devnet" | "regtest" | WrittenNetwork, "devnet" | "regtest" | WrittenNetwork> =
  z.union([
    rules,
    strict({
      rules: rules.optional().describe("Rules and genesis. Default: devnet."),
      blockInterval: durationText.optional().describe("Mean time between blocks. Default: 10m."),
      retarget: z.enum(["none", "asert", "bitcoin"]).optional().describe("How difficulty changes. Default: none."),
      maturity: z.int().min(1).max(10_000).optional().describe("Blocks until a reward can be spent. Default: 100."),
      bootstrap: z
        .int()
        .min(0)
        .max(MAX_BOOTSTRAP_BLOCKS)
        .optional()
        .describe("Blocks mined before the scenario begins. Default: maturity + 10."),
    }),
  ]);

const defence = z.union([
  z.enum(["checkpoints", "chainlocks", "mess"]),
  oneOf(
    {
      finality: z.int().min(1).optional().describe("Never gives up more than so many blocks."),
      "late-block-penalty": strict({ oneBlockPer: durationText, grace: durationText }).optional(),
      "delay-function": z.int().min(1).optional().describe("Horizen's; counts from so many blocks behind."),
      "subjective-scoring": strict({ halving: z.int().min(1), grace: z.int().min(0) }).optional(),
    },
    "a defence",
  ),
]);

const hash = z
  .union([z.literal("rest"), shareText], 'a share such as 40%, or "rest"')
  .describe("Share of the hash power; rest: what the others leave.");

export const nodeSchema: z.ZodType<string | WrittenNode | null, string | WrittenNode | null> = z.union([
  hash,
  strict({
    hash: hash.optional(),
    count: z.int().min(1).max(MAX_SCENARIO_NODES).optional().describe("So many nodes, NAME1, NAME2 …"),
    rules: ruleName.optional(),
    defences: z.array(defence).optional(),
    clock: offsetText.optional().describe("Its clock against the world's."),
    running: z.boolean().optional().describe("false: a step starts it."),
  }),
  z.null(),
]);

const link: z.ZodType<WrittenLink, WrittenLink> = strict({ between: z.tuple([nodeName, nodeName]), ...linkValues });

export type WrittenLinks = "mesh" | "ring" | "line" | "none" | WrittenTopology | readonly WrittenLink[];
const shape = z.enum(["mesh", "ring", "line", "none"]);

export const topologySchema: z.ZodType<WrittenLinks, WrittenLinks> = z.union([
  shape,
  strict({
    shape: shape.optional(),
    star: nodeName.optional().describe("The node in the middle."),
    random: z.int().min(1).max(1_000).optional().describe("Links of each node, drawn with the file's seed."),
    links: z.array(link).optional(),
    unconnected: z.boolean().optional().describe("true: some nodes cannot be reached, and that is meant."),
  }),
  z.array(link),
]);

export const walletSchema: z.ZodType<string | WrittenWallet, string | WrittenWallet> = z.union([
  nodeName,
  strict({ node: nodeName, coins: amountText.optional().describe("What it has when the scenario begins.") }),
]);
