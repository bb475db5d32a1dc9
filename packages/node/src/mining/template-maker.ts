import { type BlockTemplate, buildTemplate, type TemplateTransaction } from "@forkyard/consensus/miner/block-template";
import type { Ancestry } from "@forkyard/consensus/rules/ancestry";
import type { ChainEntry } from "@forkyard/core/chain";
import { MAX_BLOCK_WEIGHT } from "@forkyard/core/limits";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Mempool } from "@forkyard/mempool/mempool";
import type { Chain } from "../chain/chain.ts";
import type { ChainClock } from "./chain-clock.ts";

export interface TemplateMakerParts {
  readonly params: NetworkParams;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly clock: ChainClock;
  /** Text that names the miner in its coinbases. */
  readonly tag: string;
  /** Where the extra nonces of this run begin: random, so that two runs never make the same coinbase. */
  readonly firstExtraNonce: number;
}

export interface BranchTemplateRequest {
  readonly parent: ChainEntry;
  readonly ancestry: Ancestry;
  readonly txs: readonly TemplateTransaction[];
  readonly payTo: Uint8Array;
  /** Seconds since 1970. */
  readonly time: number;
}

/** Makes block templates, no two of them with the same coinbase. */
export class TemplateMaker {
  readonly #parts: TemplateMakerParts;
  #extraNonce: number;

  constructor(parts: TemplateMakerParts) {
    this.#parts = parts;
    this.#extraNonce = parts.firstExtraNonce;
  }

  /** The best block that the mempool allows on the tip, for mining at the net's pace. */
  onTip(payTo: Uint8Array): BlockTemplate {
    return this.#best(payTo, this.#parts.clock.now());
  }

  /** The same for a block on demand. @throws InputError when there were too many of them lately */
  onDemand(payTo: Uint8Array): BlockTemplate {
    return this.#best(payTo, this.#parts.clock.onDemand(this.#parts.chain.tip));
  }

  /** A block on any parent with these transactions. */
  on(request: BranchTemplateRequest): BlockTemplate {
    const { params, tag } = this.#parts;
    this.#extraNonce += 1;
    return buildTemplate({ ...request, params, tag, extraNonce: this.#extraNonce });
  }

  #best(payTo: Uint8Array, time: number): BlockTemplate {
    const { chain, mempool } = this.#parts;
    const txs = mempool.select(MAX_BLOCK_WEIGHT);
    return this.on({ parent: chain.tip, ancestry: chain.tree, txs, payTo, time });
  }
}
