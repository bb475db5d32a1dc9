import type { Curve } from "@forkyard/core/ports/curve";
import { KNOWN_ANSWERS } from "./known-answers.ts";

/** The first question that the engine answers wrongly or throws at; undefined when it knows them all. */
export function firstWrongAnswer(curve: Curve): string | undefined {
  for (const { name, ask, valid } of KNOWN_ANSWERS) {
    try {
      const answer = ask(curve);
      if (answer !== valid) return `${name}: answered ${answer}`;
    } catch (error) {
      return `${name}: threw ${String(error)}`;
    }
  }
  return undefined;
}
