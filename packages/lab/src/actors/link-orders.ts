import type { Scenario } from "../scenario/model.ts";
import type { LinkCommand } from "../world/command.ts";
import type { NodeName } from "../world/world.ts";
import type { Order } from "./turns.ts";

/** Changes all links of the scenario that lead from one set of nodes to the other. */
export function linksBetween(
  scenario: Scenario,
  left: readonly NodeName[],
  right: readonly NodeName[],
  change: Pick<LinkCommand, "up" | "latencyMs">,
): readonly Order[] {
  return crossing(scenario, left, right).map(({ between }) => ({ command: { kind: "link", between, ...change } }));
}

/** Gives the links between two sets of nodes back what the scenario says of them. */
export function restoreLinks(
  scenario: Scenario,
  left: readonly NodeName[],
  right: readonly NodeName[],
): readonly Order[] {
  return crossing(scenario, left, right).map(({ between, latencyMs }) => ({
    command: { kind: "link", between, up: true, latencyMs },
  }));
}

function crossing({ links }: Scenario, left: readonly NodeName[], right: readonly NodeName[]): Scenario["links"] {
  return links.filter(
    ({ between: [a, b] }) => (left.includes(a) && right.includes(b)) || (left.includes(b) && right.includes(a)),
  );
}
