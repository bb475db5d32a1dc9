import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { BlockHeader } from "@forkyard/core/header";
import type { Mempool } from "@forkyard/mempool/mempool";
import type { ChainServer } from "@forkyard/network/flows/chain-server";
import type { Chain } from "../chain/chain.ts";

/** What this node gives out to peers: its active chain and mempool. Withheld branches are not in the store. */
export class ChainService implements ChainServer {
  readonly #chain: Chain;
  readonly #mempool: Mempool;

  constructor(chain: Chain, mempool: Mempool) {
    this.#chain = chain;
    this.#mempool = mempool;
  }

  locatorFork(hashes: readonly BlockHash[]): BlockHash | undefined {
    return hashes.find((hash) => {
      const entry = this.#chain.tree.get(hash);
      return entry !== undefined && this.#chain.isActive(entry);
    });
  }

  headersAfter(hash: BlockHash | undefined, max: number): readonly BlockHeader[] {
    const { tree, tip } = this.#chain;
    const start = hash === undefined ? 0 : (tree.get(hash)?.height ?? 0);
    const end = Math.min(start + max, tip.height);
    const headers: BlockHeader[] = [];
    for (let height = start + 1; height <= end; height++) headers.push(tree.ancestor(tip, height).header);
    return headers;
  }

  blockBytes(hash: BlockHash): Uint8Array | undefined {
    return this.#chain.blockBytes(hash);
  }

  txBytes(txid: Txid): Uint8Array | undefined {
    return this.#mempool.get(txid)?.tx.encode();
  }

  mempoolTxids(max: number): readonly Txid[] {
    const txids: Txid[] = [];
    for (const { tx } of this.#mempool.entries()) {
      if (txids.length >= max) break;
      txids.push(tx.txid);
    }
    return txids;
  }
}
