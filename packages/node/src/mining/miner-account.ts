import { scriptOfAddress } from "@forkyard/core/address";
import { InputError } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { WalletHost } from "../wallets/wallet-host.ts";

/**
 * The output script that mined coins go to: a fresh address of the wallet named, or the address itself.
 * @throws InputError when it is neither
 */
export async function minerScript(
  payTo: string | undefined,
  wallets: WalletHost,
  params: NetworkParams,
): Promise<Uint8Array | undefined> {
  if (payTo === undefined) return undefined;
  const address = (await wallets.get(payTo)?.newAddress("bech32")) ?? payTo;
  try {
    return scriptOfAddress(address, params.addresses);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `mining.payTo: ${JSON.stringify(payTo)} is neither a wallet of this node nor an address of ${params.name}`,
    );
  }
}
