import { MAX_SCRIPT_ELEMENT_BYTES } from "@forkyard/core/limits";
import { demand } from "./script-error.ts";
import { isTrue, type ScriptStack } from "./stack.ts";

/** What a witness brings to a script obeys the limit that pushes obey. @throws ScriptFailure PUSH_SIZE */
export function demandElementSizes(items: readonly Uint8Array[]): void {
  for (const item of items) demand(item.length <= MAX_SCRIPT_ELEMENT_BYTES, "PUSH_SIZE");
}

/** Scripts in a witness leave exactly one true element. @throws ScriptFailure CLEANSTACK, EVAL_FALSE */
export function demandOneTrue(stack: ScriptStack): void {
  demand(stack.size === 1, "CLEANSTACK");
  demand(isTrue(stack.peek()), "EVAL_FALSE");
}
