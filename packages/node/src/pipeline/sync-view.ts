import type { BlockHash } from "@forkyard/core/hash";
import type { BlockHeader } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { HeadersOutcome, SyncChainView } from "@forkyard/network/flows/sync-view";
import type { Chain } from "../chain/chain.ts";
import { leastWork, provenWork } from "./least-work.ts";

/** What the sync conversation sees of the chain and may do to it. */
export class ChainSyncView implements SyncChainView {
  readonly #chain: Chain;
  readonly #params: NetworkParams;
  readonly #nowSeconds: () => number;
  readonly #roomForBodies: () => number;

  constructor(chain: Chain, params: NetworkParams, nowSeconds: () => number, roomForBodies: () => number) {
    this.#chain = chain;
    this.#params = params;
    this.#nowSeconds = nowSeconds;
    this.#roomForBodies = roomForBodies;
  }

  locator(): readonly BlockHash[] {
    return this.#chain.tree.locator(this.#chain.tree.bestHeader());
  }

  bestHeaderWork(): bigint {
    return this.#chain.tree.bestHeader().chainWork;
  }

  tipWork(): bigint {
    return this.#chain.tip.chainWork;
  }

  headerWork(hash: BlockHash): bigint | undefined {
    return this.#chain.tree.get(hash)?.chainWork;
  }

  provenWork(headers: readonly BlockHeader[]): bigint | undefined {
    return provenWork(headers, this.#params);
  }

  leastWork(): bigint {
    return leastWork(this.#chain.tip);
  }

  hasHeader(hash: BlockHash): boolean {
    return this.#chain.tree.has(hash);
  }

  hasBody(hash: BlockHash): boolean {
    const status = this.#chain.tree.get(hash)?.status;
    return status === "body" || status === "connected";
  }

  roomForBodies(): number {
    return this.#roomForBodies();
  }

  acceptHeaders(headers: readonly BlockHeader[]): HeadersOutcome {
    const { accepted, error } = this.#chain.submitHeaders(headers, this.#nowSeconds());
    const last = accepted.at(-1);
    return {
      accepted: accepted.length,
      ...(last !== undefined && { lastHash: last.hash }),
      ...(error?.code === "prev-blk-not-found" ? { unconnected: true } : error !== undefined && { error }),
    };
  }

  /** Bodies wanted on the way to the best header, or to `towards`, oldest first. */
  missingBodies(max: number, towards?: BlockHash): readonly BlockHash[] {
    const { tree } = this.#chain;
    const missing: BlockHash[] = [];
    let entry = (towards === undefined ? undefined : tree.get(towards)) ?? tree.bestHeader();
    while (entry.status !== "connected") {
      if (entry.status === "invalid") return [];
      if (entry.status === "header") missing.push(entry.hash);
      entry = tree.ancestor(entry, entry.height - 1);
    }
    return missing.reverse().slice(0, max);
  }
}
