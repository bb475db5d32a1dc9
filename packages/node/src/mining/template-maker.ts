import { type BlockTemplate, buildTemplate, type TemplateTransaction } from "@forkyard/consensus/miner/block-template";
import type { Ancestry } from "@forkyard/consensus/rules/ancestry";
import type { ChainEntry } from "@forkyard/core/chain";
import { MAX_BLOCK_WEIGHT } from "@forkyard/core/limits";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Mempool } from "@forkyard/mempool/mempool";
import type { Chain } from "../chain/chain.ts";
import { type BlockWishes, type MiningHabits, withVersion } from "../laboratory/mining-habits.ts";
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
  /** What this miner does otherwise than others (laboratory). */
  readonly habits?: MiningHabits;
}

export interface BranchTemplateRequest {
  readonly parent: ChainEntry;
  readonly ancestry: Ancestry;
  readonly txs: readonly TemplateTransaction[];
  readonly payTo: Uint8Array;
  /** Seconds since 1970. */
  readonly time: number;
  readonly wishes?: BlockWishes | undefined;
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

  /** What the node itself mines on: the tip, unless the habits of the miner say otherwise. */
  inBackground(payTo: Uint8Array): BlockTemplate {
    const { chain, clock, habits } = this.#parts;
    const parent = habits?.parent(chain);
    if (parent === undefined) return this.onTip(payTo);
    return this.on({ parent, ancestry: chain.tree, txs: [], payTo, time: clock.now() });
  }

  /** The same for a block on demand. @throws InputError when there were too many of them lately */
  onDemand(payTo: Uint8Array, wishes?: BlockWishes): BlockTemplate {
    const { chain, clock } = this.#parts;
    const step = wishes?.timeStepSeconds;
    const time = step === undefined ? clock.onDemand(chain.tip) : chain.tip.header.time + step;
    return this.#best(payTo, time, wishes);
  }

  /** A block on any parent with these transactions. */
  on({ wishes, ...request }: BranchTemplateRequest): BlockTemplate {
    const { params, tag, habits } = this.#parts;
    this.#extraNonce += 1;
    const named = tag + (wishes?.tag ?? "");
    const template = buildTemplate({ ...request, params, tag: named, extraNonce: this.#extraNonce });
    const version = wishes?.version ?? habits?.version(template.block.header.version);
    return version === undefined ? template : { ...template, block: withVersion(template.block, version) };
  }

  #best(payTo: Uint8Array, time: number, wishes?: BlockWishes): BlockTemplate {
    const { chain, mempool, habits } = this.#parts;
    const selected = wishes?.empty === true ? [] : mempool.select(MAX_BLOCK_WEIGHT);
    const txs = habits?.transactions(selected) ?? selected;
    return this.on({ parent: chain.tip, ancestry: chain.tree, txs, payTo, time, wishes });
  }
}
