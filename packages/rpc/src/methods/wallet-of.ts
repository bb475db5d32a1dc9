import { RpcError, WALLET_NOT_FOUND, WALLET_NOT_SPECIFIED } from "../errors.ts";
import type { CallContext } from "../method.ts";
import type { WalletApi } from "../wallet-api.ts";

/** The wallet of the path `/wallet/NAME`, or the only one there is. @throws RpcError -18 -19 */
export function walletOf({ node, walletName }: CallContext): WalletApi {
  const [onlyName, ...others] = node.wallets.names();
  if (walletName === undefined && onlyName === undefined) {
    throw new RpcError(WALLET_NOT_FOUND, "No wallet is loaded. Create a new one with createwallet.");
  }
  if (walletName === undefined && others.length > 0) {
    throw new RpcError(
      WALLET_NOT_SPECIFIED,
      "Multiple wallets are loaded. Please select which wallet to use by requesting the RPC through the /wallet/<walletname> URI path.",
    );
  }
  const wallet = node.wallets.get(walletName ?? onlyName ?? "");
  if (wallet === undefined) {
    throw new RpcError(WALLET_NOT_FOUND, "Requested wallet does not exist or is not loaded");
  }
  return wallet;
}
