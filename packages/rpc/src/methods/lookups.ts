/** Look-ups that many methods begin with: found, or bitcoind's error. */
import { scriptOfAddress } from "@forkyard/core/address";
import type { ChainEntry } from "@forkyard/core/chain";
import { InputError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { INVALID_ADDRESS_OR_KEY, MISC_ERROR, RpcError } from "../errors.ts";
import type { NodeApi } from "../node-api.ts";

/** @throws RpcError -5 */
export function entryOf(node: NodeApi, hash: BlockHash, refusal = "Block not found"): ChainEntry {
  const entry = node.chain.entry(hash);
  if (entry === undefined) throw new RpcError(INVALID_ADDRESS_OR_KEY, refusal);
  return entry;
}

/** @throws RpcError -1 when only the header is known, or the body was pruned */
export function blockBytesOf(node: NodeApi, entry: ChainEntry): Uint8Array {
  const bytes = node.chain.blockBytes(entry.hash);
  if (bytes !== undefined) return bytes;
  const pruned = entry.status === "connected" && entry.height <= (node.chain.prunedHeight() ?? 0);
  throw new RpcError(MISC_ERROR, `Block not available (${pruned ? "pruned data" : "not fully downloaded"})`);
}

/** @throws RpcError -5 with `refusal` when it is no address of the network */
export function scriptOf(node: NodeApi, address: string, refusal: string): Uint8Array {
  const script = tryScriptOf(node, address);
  if (script === undefined) throw new RpcError(INVALID_ADDRESS_OR_KEY, refusal);
  return script;
}

/** The output script of an address; undefined when it is none of this network. */
export function tryScriptOf(node: NodeApi, address: string): Uint8Array | undefined {
  try {
    return scriptOfAddress(address, node.params.addresses);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
