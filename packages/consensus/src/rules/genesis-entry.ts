import type { ChainEntry } from "@forkyard/core/chain";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { workOfBits } from "./target.ts";

/** The root of every header tree. Genesis is valid by definition and is never connected: its coinbase makes no coin. */
export function genesisEntry(params: NetworkParams): ChainEntry {
  const { hash, header } = params.genesis;
  return {
    hash,
    header,
    height: 0,
    chainWork: workOfBits(header.bits),
    scheduleTime: 0,
    status: "connected",
    sequence: 1,
  };
}
