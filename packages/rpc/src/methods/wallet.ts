/** Wallets themselves: making, listing, addresses and balances. */

import { addressOf } from "@forkyard/core/address";
import { toHex } from "@forkyard/core/bytes/bytes";
import { InputError } from "@forkyard/core/errors";
import { printable } from "@forkyard/core/printable";
import { INVALID_ADDRESS_OR_KEY, INVALID_PARAMETER, RpcError, WALLET_ERROR } from "../errors.ts";
import { addressJson } from "../format/address-json.ts";
import { coins, type JsonObject } from "../json/json.ts";
import { type Method, method } from "../method.ts";
import type { NodeApi } from "../node-api.ts";
import { flag, integer, listOf, optional, required, text } from "../params.ts";
import type { AddressKind, WalletCoin } from "../wallet-api.ts";
import { scriptOf } from "./lookups.ts";
import { walletOf } from "./wallet-of.ts";

const group = "Wallet";

const listWallets = method({
  name: "listwallets",
  group,
  about: "Names of the open wallets.",
  params: {},
  handle: (_, { node }) => node.wallets.names(),
});

const createWallet = method({
  name: "createwallet",
  group,
  about: "Makes a wallet and opens it. Its keys are encrypted on disk, with or without a passphrase of yours.",
  params: {
    wallet_name: required(text, "Its name"),
    disable_private_keys: optional(flag, false, "Not supported"),
    blank: optional(flag, false, "Not supported"),
    passphrase: optional(text, "", "Protects the key file"),
    avoid_reuse: optional(flag, false, "Not supported"),
    descriptors: optional(flag, true, "Only true"),
    load_on_startup: optional(flag, true, "Only true: wallets of the data folder are opened at start"),
    external_signer: optional(flag, false, "Not supported"),
  },
  handle: async (args, { node }) => {
    const unsupported = ["disable_private_keys", "blank", "avoid_reuse", "external_signer"] as const;
    const asked = unsupported.find((name) => args[name]);
    if (asked !== undefined) throw new RpcError(WALLET_ERROR, `Wallets with ${asked} are not supported`);
    if (!args.descriptors || !args.load_on_startup) {
      throw new RpcError(WALLET_ERROR, "descriptors and load_on_startup can only be true");
    }
    const wallet = await createOrRefuse(node, args.wallet_name, args.passphrase);
    return { name: wallet.name };
  },
});

async function createOrRefuse(node: NodeApi, name: string, passphrase: string): Promise<{ readonly name: string }> {
  try {
    return await node.wallets.create(name, passphrase === "" ? {} : { passphrase });
  } catch (error) {
    if (error instanceof InputError) throw new RpcError(WALLET_ERROR, error.message);
    throw error;
  }
}

const getWalletInfo = method({
  name: "getwalletinfo",
  group,
  about: "State of the wallet.",
  params: {},
  handle: (_, context) => {
    const wallet = walletOf(context);
    const tip = context.node.chain.tip();
    return {
      walletname: wallet.name,
      txcount: wallet.transactions().length,
      private_keys_enabled: true,
      avoid_reuse: false,
      scanning: false,
      descriptors: true,
      external_signer: false,
      blank: false,
      lastprocessedblock: { hash: tip.hash, height: tip.height },
    };
  },
});

const ADDRESS_KINDS: ReadonlyMap<string, AddressKind> = new Map([
  ["bech32", "bech32"],
  ["legacy", "legacy"],
]);

const getNewAddress = method({
  name: "getnewaddress",
  group,
  about: "A fresh address of the wallet.",
  params: {
    label: optional(text, "", "Has no effect: labels are not kept"),
    address_type: optional(text, "bech32", "bech32 or legacy"),
  },
  handle: ({ address_type: type }, context) => {
    const kind = ADDRESS_KINDS.get(type);
    if (kind === undefined) throw new RpcError(INVALID_ADDRESS_OR_KEY, `Unknown address type '${printable(type)}'`);
    return walletOf(context).newAddress(kind);
  },
});

const getBalance = method({
  name: "getbalance",
  group,
  about: "Coins that the wallet can count on: confirmed ones and its own unconfirmed change.",
  params: {
    dummy: optional(text, "*", 'Only "*"'),
    minconf: optional(integer, 0, "Count only coins with as many confirmations"),
    include_watchonly: optional(flag, false, "Has no effect: there are no watch-only addresses"),
    avoid_reuse: optional(flag, false, "Has no effect"),
  },
  handle: ({ dummy, minconf }, context) => {
    if (dummy !== "*" && dummy !== "") {
      throw new RpcError(INVALID_PARAMETER, 'dummy first argument must be excluded or set to "*".');
    }
    const wallet = walletOf(context);
    if (minconf <= 0) return coins(wallet.balances().confirmed);
    const deepEnough = wallet.coins().filter((coin) => coin.spendable && confirmations(context.node, coin) >= minconf);
    return coins(deepEnough.reduce((sum, coin) => sum + coin.output.value, 0n));
  },
});

const getBalances = method({
  name: "getbalances",
  group,
  about: "Trusted, pending and immature coins of the wallet.",
  params: {},
  handle: (_, context) => {
    const { confirmed, unconfirmed, immature } = walletOf(context).balances();
    const tip = context.node.chain.tip();
    return {
      mine: { trusted: coins(confirmed), untrusted_pending: coins(unconfirmed), immature: coins(immature) },
      lastprocessedblock: { hash: tip.hash, height: tip.height },
    };
  },
});

const MAX_CONFIRMATIONS = 9_999_999;

const listUnspent = method({
  name: "listunspent",
  group,
  about: "Unspent outputs of the wallet; immature ones are left out.",
  params: {
    minconf: optional(integer, 1, "Least confirmations"),
    maxconf: optional(integer, MAX_CONFIRMATIONS, "Most confirmations"),
    addresses: optional(listOf(text), [], "Only of these addresses"),
    include_unsafe: optional(flag, true, "Also unconfirmed coins from others"),
  },
  handle: (args, context) => {
    const { node } = context;
    const wallet = walletOf(context);
    const scripts = args.addresses.map((address) =>
      toHex(scriptOf(node, address, `Invalid Bitcoin address: ${printable(address)}`)),
    );
    return wallet
      .coins()
      .filter((coin) => !isImmature(node, coin) && (args.include_unsafe || coin.spendable))
      .filter((coin) => scripts.length === 0 || scripts.includes(toHex(coin.output.scriptPubKey)))
      .filter((coin) => isWithin(confirmations(node, coin), args.minconf, args.maxconf))
      .map((coin) => coinJson(node, coin));
  },
});

function coinJson(node: NodeApi, coin: WalletCoin): JsonObject {
  return {
    txid: coin.outPoint.txid,
    vout: coin.outPoint.vout,
    address: addressOf(coin.output.scriptPubKey, node.params.addresses),
    scriptPubKey: toHex(coin.output.scriptPubKey),
    amount: coins(coin.output.value),
    confirmations: confirmations(node, coin),
    spendable: true,
    solvable: true,
    safe: coin.spendable,
  };
}

function isImmature(node: NodeApi, coin: WalletCoin): boolean {
  return coin.coinbase && !coin.spendable && confirmations(node, coin) <= node.params.coinbaseMaturity;
}

function confirmations(node: NodeApi, coin: WalletCoin): number {
  return coin.height === undefined ? 0 : node.chain.tip().height - coin.height + 1;
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

const getAddressInfo = method({
  name: "getaddressinfo",
  group,
  about: "What the wallet knows of an address.",
  params: { address: required(text, "The address") },
  handle: ({ address }, context) => {
    const script = scriptOf(context.node, address, "Invalid or unsupported Segwit (Bech32) or Base58 encoding.");
    const key = walletOf(context).ownKey(script);
    return {
      address,
      ...addressJson(script),
      ismine: key !== undefined,
      solvable: key !== undefined,
      iswatchonly: false,
      pubkey: key === undefined ? undefined : toHex(key.publicKey),
      iscompressed: key === undefined ? undefined : true,
      ischange: key?.isChange ?? false,
      labels: [],
    };
  },
});

export const walletMethods: readonly Method[] = [
  listWallets,
  createWallet,
  getWalletInfo,
  getNewAddress,
  getBalance,
  getBalances,
  listUnspent,
  getAddressInfo,
];
