import { AssertionFault } from "@forkyard/core/errors";
import type { ActorSetup } from "../run/actor-kind.ts";
import type { NodeName, WalletName } from "../world/world.ts";

/** Node that holds a wallet; the file was checked, so there is one. */
export function nodeOfWallet({ scenario }: ActorSetup, wallet: WalletName): NodeName {
  const found = scenario.wallets.find(({ name }) => name === wallet);
  if (found === undefined) throw new AssertionFault(`the scenario has a wallet ${wallet}`);
  return found.node;
}

/** Share of the hash power that a node begins with, as a fraction. */
export function hashShareOf({ scenario }: ActorSetup, node: NodeName): number {
  return scenario.nodes.find(({ name }) => name === node)?.hashShare ?? 0;
}

/** What the merchant or exchange behind a wallet waits for, when the scenario has one. */
export function confirmationsAskedBy({ scenario }: ActorSetup, wallet: WalletName): number | undefined {
  const desk = scenario.actors.find(({ kind, options }) => DESKS.has(kind) && options["wallet"] === wallet);
  const asked = desk?.options["confirmations"];
  return typeof asked === "number" ? asked : undefined;
}

const DESKS: ReadonlySet<string> = new Set(["merchant", "exchange"]);
