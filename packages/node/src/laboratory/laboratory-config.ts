import { z } from "zod";
import type { Defence } from "./defence.ts";
import type { NetworkPace } from "./network-pace.ts";
import { ruleVariant } from "./rule-variants.ts";

/** What a node of an experiment has and an ordinary one has not. */
export interface LaboratoryConfig {
  /** Name of a rule variant that it begins with (rule-variants.ts); absent: the network's rules. */
  readonly rules?: string | undefined;
  readonly defences: readonly Defence[];
  /** Another pace of blocks than the network's; all nodes of a net must have the same. */
  readonly network?: NetworkPace | undefined;
}

const count = z.int().min(1);
const durationMs = z.number().min(0);

const defence: z.ZodType<Defence> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("finality"), maxDepth: count }),
  z.strictObject({ kind: z.literal("checkpoints") }),
  z.strictObject({ kind: z.literal("chainlocks") }),
  z.strictObject({ kind: z.literal("late-block-penalty"), blocksPerLateMs: durationMs, graceMs: durationMs }),
  z.strictObject({ kind: z.literal("subjective-scoring"), halvingBlocks: count, graceBlocks: z.int().min(0) }),
  z.strictObject({ kind: z.literal("delay-function"), fromBlocks: count }),
  z.strictObject({ kind: z.literal("mess") }),
]);

/** The key `laboratory` of a node's configuration. */
export const laboratoryConfigSchema: z.ZodType<LaboratoryConfig> = z.strictObject({
  rules: z.string().refine(isRuleVariant, "not a rule variant").optional(),
  defences: z.array(defence).default([]),
  network: z
    .strictObject({
      spacingSeconds: count,
      retarget: z.enum(["none", "asert", "bitcoin"]),
      coinbaseMaturity: count,
    })
    .optional(),
});

function isRuleVariant(name: string): boolean {
  try {
    ruleVariant(name);
    return true;
  } catch {
    return false;
  }
}
