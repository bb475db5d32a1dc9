import { InputError } from "@forkyard/core/errors";

/** Flags of `forkyard node` that stand for keys of a node's configuration, as typed. */
export interface NodeFlags {
  readonly nodeName?: string;
  readonly rpcPort?: string;
  readonly p2pPort?: string;
  readonly p2pHost?: string;
  readonly connect?: readonly string[];
  readonly mdns?: boolean;
  readonly mine?: string;
  readonly payTo?: string;
  readonly dbCache?: string;
}

/**
 * What the flags say, in the form of a node's configuration, which knows what is in range.
 * @throws InputError for what is no number, and for mining that pays nobody
 */
export function nodeDocument(flags: NodeFlags): object {
  if (flags.mine !== undefined && flags.payTo === undefined) {
    throw new InputError("--mine needs --pay-to ADDRESS: who gets the rewards?");
  }
  return {
    ...given("name", flags.nodeName),
    p2p: {
      ...given("host", flags.p2pHost),
      ...given("port", numberOf("--p2p-port", flags.p2pPort)),
      ...given("staticPeers", flags.connect),
      ...given("mdns", flags.mdns),
    },
    rpc: given("port", numberOf("--rpc-port", flags.rpcPort)),
    mining: { ...given("hashRate", numberOf("--mine", flags.mine)), ...given("payTo", flags.payTo) },
    database: given("cacheMegabytes", numberOf("--db-cache", flags.dbCache)),
  };
}

/** A key that was not given is left to its default. */
function given(key: string, value: unknown): object {
  return value === undefined ? {} : { [key]: value };
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) throw new InputError(`${flag} ${JSON.stringify(text)}: give a whole number`);
  return Number(text);
}
