import { InputError, RuleError } from "@forkyard/core/errors";
import type { Node } from "@forkyard/node/node";
import type { CommandResult } from "../../command.ts";
import type { NodeName, WalletName } from "../../world.ts";
import type { SimHost } from "../node/sim-host.ts";
import type { SimInside } from "../sim-inside.ts";
import type { SimWallet } from "../wallet/sim-wallet.ts";

/** Why a command is not carried out: for the scenario to judge. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

export const DONE: CommandResult = { ok: true };

/** Carries a command out; what it refuses becomes its result. */
export function attempted(carryOut: () => CommandResult): CommandResult {
  try {
    return carryOut();
  } catch (error) {
    if (error instanceof Refusal || error instanceof RuleError || error instanceof InputError) {
      return { ok: false, reason: error.message };
    }
    throw error;
  }
}

export function hostOf(world: SimInside, name: NodeName): SimHost {
  const host = world.hosts.get(name);
  if (host === undefined) throw new Refusal(`there is no node ${name}`);
  return host;
}

export function runningNode(world: SimInside, name: NodeName): Node {
  const { node } = hostOf(world, name);
  if (node === undefined) throw new Refusal(`${name} does not run`);
  return node;
}

export function walletOf(world: SimInside, name: WalletName): SimWallet {
  const wallet = world.wallets.get(name);
  if (wallet === undefined) throw new Refusal(`there is no wallet ${name}`);
  return wallet;
}
