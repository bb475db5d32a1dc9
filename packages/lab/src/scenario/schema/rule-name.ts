import { InputError } from "@forkyard/core/errors";
import { RULE_VARIANT_FORMS, ruleVariant } from "@forkyard/node/laboratory/rule-variants";
import { z } from "zod";

/** Name of a tightening of the rules. */
export const ruleName: z.ZodType<string, string> = z
  .string("a rule variant is text")
  .refine(isRuleName, `a rule variant is one of ${RULE_VARIANT_FORMS.join(", ")}`)
  .describe(`A tightening of the rules: ${RULE_VARIANT_FORMS.join(", ")}.`);

function isRuleName(text: string): boolean {
  try {
    ruleVariant(text);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
