import type { Checker, Inspection } from "./inspection.ts";
import { violation } from "./violation.ts";

/** No honest node keeps another honest one out, whatever hostile ones have sent them. */
export function honestPeersChecker({ honest }: Inspection): Checker {
  return {
    check({ name, refuses }) {
      const banned = honest.find((other) => other !== name && refuses(other));
      return banned === undefined ? undefined : violation("honest-peers", name, `it keeps the honest ${banned} out`);
    },
  };
}
