import { subsidyAt } from "@forkyard/consensus/rules/subsidy";
import { networkByName } from "@forkyard/core/params/networks";
import type { Scenario } from "../scenario/model.ts";
import type { BlockPlace } from "../world/world.ts";

/** What blocks would have paid their miner on the chain, fees left out: the price of losing them. Satoshis. */
export function subsidiesOf(blocks: readonly BlockPlace[], scenario: Scenario): bigint {
  const params = networkByName(scenario.network.rules);
  return blocks.reduce((sum, { height }) => sum + subsidyAt(height, params), 0n);
}
