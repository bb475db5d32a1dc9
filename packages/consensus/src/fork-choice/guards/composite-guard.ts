import { PERMITTED, type ReorgGuard } from "./reorg-guard.ts";

/**
 * Several guards as one: a plan is permitted when all permit it, and the first that does not is named. None at all
 * permits everything, which is Bitcoin's rule. Costs add up: a branch must satisfy the strictest at any moment.
 */
export function compositeGuard(guards: readonly ReorgGuard[]): ReorgGuard {
  return {
    name: guards.map(({ name }) => name).join("+"),
    permits: (plan, context) => {
      for (const guard of guards) {
        const verdict = guard.permits(plan, context);
        if (!verdict.permitted) return { permitted: false, reason: `${guard.name}: ${verdict.reason}` };
      }
      return PERMITTED;
    },
  };
}
