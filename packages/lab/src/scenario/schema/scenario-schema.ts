import { z } from "zod";
import { MAX_SCENARIO_EXPECTATIONS, MAX_SCENARIO_STEPS, MAX_SWEEP_SEEDS } from "../../limits.ts";
import { durationText, nameSchema, plainText } from "../values.ts";
import type { WrittenActor, WrittenScenario, WrittenStep } from "../written.ts";
import { actionShape, actionsSchema, linkValues } from "./action-schema.ts";
import { conditionSchema } from "./condition-schema.ts";
import { expectationSchema } from "./expectation-schema.ts";
import { present, strict } from "./strict.ts";
import { networkSchema, nodeSchema, topologySchema, walletSchema } from "./world-schema.ts";

const TRIGGERS: readonly string[] = ["at", "after", "when"];
const ACTIONS: readonly string[] = ["do", ...Object.keys(actionShape)];

const stepSchema: z.ZodType<WrittenStep, WrittenStep> = strict({
  at: durationText.optional().describe("Time since the scenario began."),
  after: durationText.optional().describe("Time since the step before."),
  when: conditionSchema.optional().describe("As soon as this holds."),
  do: actionsSchema.optional().describe("Several actions, in order."),
  repeat: strict({ every: durationText, times: z.int().min(2).max(MAX_SCENARIO_STEPS) })
    .optional()
    .describe("Carries the step out again in the background."),
  mayFail: z.boolean().optional().describe("true: the run does not fail when it cannot be carried out."),
  ...actionShape,
})
  .refine((step) => present(step, TRIGGERS).length <= 1, "a step has at most one of at, after and when")
  .refine((step) => present(step, ACTIONS).length === 1, {
    error: ({ input }) => {
      const given = present(input as object, ACTIONS);
      return given.length === 0
        ? `a step has an action: one of ${ACTIONS.join(", ")}`
        : `a step has one action: put ${given.join(" and ")} into a list under do`;
    },
  });

const expectations = z.array(expectationSchema).min(1).max(MAX_SCENARIO_EXPECTATIONS);
/** Options are checked by the schema of the kind. */
const actorSchema: z.ZodType<WrittenActor, WrittenActor> = z.looseObject({ kind: z.string() });

/** @param actor what an actor may be: for editors, all kinds with their options */
export function scenarioSchemaWith(
  actor: z.ZodType<WrittenActor, WrittenActor>,
): z.ZodType<WrittenScenario, WrittenScenario> {
  return strict({
    title: plainText.describe("One line that says what happens."),
    worlds: z
      .array(z.enum(["sim", "live"]))
      .min(1)
      .optional()
      .describe("Where it can run. Default: [sim, live]."),
    network: networkSchema.optional().describe("Default: devnet."),
    seed: z.int().min(0).max(0xffffffff).optional().describe("Default: 1."),
    nodes: z.record(nameSchema, nodeSchema).describe("Who is there, with shares of the hash power."),
    topology: topologySchema.optional().describe("Who is linked to whom. Default: mesh."),
    link: strict(linkValues).optional().describe("What links are like that do not say otherwise."),
    wallets: z.record(nameSchema, walletSchema).optional().describe("Who holds coins."),
    actors: z.record(nameSchema, actor).optional().describe("Who follows a plan."),
    timeline: z.array(stepSchema).max(MAX_SCENARIO_STEPS).optional().describe("What happens, in order."),
    end: conditionSchema.optional().describe("The run ends when every step was carried out and this holds."),
    settle: durationText.optional().describe("How much longer it goes on after its end. Default: 10s."),
    timeLimit: durationText.optional().describe("It ends here at the latest. Default: 1d."),
    expect: expectations.describe("What decides whether it passed."),
    variants: z
      .record(nameSchema, strict({ set: z.record(z.string(), z.unknown()), expect: expectations.optional() }))
      .optional()
      .describe("Changed copies that run too and are compared."),
    sweep: strict({
      ranges: z.record(z.string(), z.array(z.union([z.number(), z.string()])).min(1)),
      seeds: z.int().min(1).max(MAX_SWEEP_SEEDS).optional().describe("Runs at each point. Default: 1."),
      measures: z.array(z.string()).min(1).describe("passed, or ACTOR.FIELD."),
    })
      .optional()
      .describe("Ranges of values to run over."),
  });
}

export const scenarioSchema: z.ZodType<WrittenScenario, WrittenScenario> = scenarioSchemaWith(actorSchema);
