import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import type { Ancestry } from "@forkyard/consensus/rules/ancestry";
import { nextBits } from "@forkyard/consensus/rules/retarget/next-bits";
import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import { RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { MAX_BLOCK_WEIGHT } from "@forkyard/core/limits";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { tagOf } from "@forkyard/node/chain/miner-tag";
import { type BlockWishes, MiningHabits, withVersion } from "@forkyard/node/laboratory/mining-habits";
import type { MiningPolicySettings } from "@forkyard/node/laboratory/mining-policy";
import type { RuleVariant } from "@forkyard/node/laboratory/rule-variants";
import { ChainClock } from "@forkyard/node/mining/chain-clock";
import { TemplateMaker } from "@forkyard/node/mining/template-maker";
import type { Node } from "@forkyard/node/node";
import type { BlockPlace, BranchName, NodeName } from "../../world.ts";
import type { NodeNews } from "../node/node-news.ts";
import type { RandomStream } from "../random/stream.ts";
import type { Planned } from "../time/event-heap.ts";
import type { VirtualTime } from "../time/virtual-time.ts";
import type { Lottery } from "./lottery.ts";
import { SecretBranch } from "./secret-branch.ts";

/** Extra nonces of a node begin here after each start, so that it never makes the same coinbase twice. */
const EXTRA_NONCES_PER_START = 0x100_0000;

export interface SimMinerParts {
  readonly name: NodeName;
  readonly number: number;
  readonly params: NetworkParams;
  readonly time: VirtualTime;
  readonly lottery: Lottery;
  readonly random: RandomStream;
  readonly payTo: Uint8Array;
  /** The stricter rules that its own blocks keep, if any. */
  readonly variant: () => RuleVariant | undefined;
  readonly tell: (news: NodeNews) => void;
}

interface MiningPlace {
  readonly parent: ChainEntry;
  readonly ancestry: Ancestry;
  readonly branch?: SecretBranch;
  /** A block below the tip that a feather fork leaves from. */
  readonly aside?: boolean;
}

/** What of the miner belongs to the node as it runs now. */
interface Running {
  readonly node: Node;
  readonly clock: ChainClock;
  readonly firstExtraNonce: number;
  readonly templates: Map<string, TemplateMaker>;
  tip: ChainEntry;
}

/** A node's hash power: finds blocks when the lot falls on it, on the tip or on a branch that it keeps secret. */
export class SimMiner {
  readonly #parts: SimMinerParts;
  readonly #branches = new Map<BranchName, SecretBranch>();
  readonly #habits: MiningHabits;
  #share: number;
  #starts = 0;
  #running: Running | undefined;
  /** The branch that the hash power works on; undefined: the tip. */
  #branch: SecretBranch | undefined;
  /** What is left of the lot, in mean times to a block. */
  #lot: number;
  #sinceUs = 0;
  #meanUs = Number.POSITIVE_INFINITY;
  #planned: Planned | undefined;

  constructor(parts: SimMinerParts, share: number) {
    this.#parts = parts;
    this.#habits = new MiningHabits(parts.variant);
    this.#share = share;
    this.#lot = parts.random.exponential();
  }

  /** The node has started, for the first time or again. Branches that were kept are still there. */
  start(node: Node): void {
    const clock = new ChainClock(this.#parts.params, () => node.nowSeconds());
    clock.tipChanged(node.chain.tip);
    const firstExtraNonce = this.#starts * EXTRA_NONCES_PER_START;
    this.#starts += 1;
    const running: Running = { node, clock, firstExtraNonce, templates: new Map(), tip: node.chain.tip };
    this.#running = running;
    node.onWorkChanged(() => {
      if (node.chain.tip === running.tip || this.#running !== running) return;
      running.tip = node.chain.tip;
      clock.tipChanged(running.tip);
      this.#replan();
    });
    this.#replan();
  }

  stop(): void {
    this.#pause();
    this.#running = undefined;
  }

  /** @param share of the hash power of the beginning; 0: mines only on demand */
  setShare(share: number): void {
    this.#pause();
    this.#share = share;
    this.#replan();
  }

  setPolicy(policy: MiningPolicySettings): void {
    this.#habits.setPolicy(policy);
    this.#replan();
  }

  branch(name: BranchName): SecretBranch | undefined {
    return this.#branches.get(name);
  }

  withhold(name: BranchName, fork: ChainEntry, node: Node): void {
    this.#branch = new SecretBranch(name, fork, node);
    this.#branches.set(name, this.#branch);
    this.#replan();
  }

  /** The hash power goes back to the branch opened before, or to the tip. */
  abandon(name: BranchName): void {
    const branch = this.#branches.get(name);
    this.#branches.delete(name);
    if (branch !== this.#branch) return;
    this.#branch = [...this.#branches.values()].at(-1);
    this.#replan();
  }

  /** Publishes secret blocks of a branch, oldest first. */
  publish(branch: SecretBranch, blocks: number, node: Node): BlockPlace[] {
    const published: BlockPlace[] = [];
    for (; published.length < blocks && branch.published < branch.blocks.length; ) {
      const block = branch.blocks[branch.published] as Block;
      branch.published += 1;
      published.push({ hash: block.hash, height: branch.fork.height + branch.published });
      submit(node, block);
    }
    return published;
  }

  /** Lets the lot fall on a header that was made elsewhere: by someone who attacks the net with work of his own. */
  seal(hash: BlockHash): void {
    this.#parts.lottery.draw(hash);
  }

  /** Mines a block at once. @throws RuleError when the node itself refuses what was asked for */
  mineNow(wishes: BlockWishes, branch: SecretBranch | undefined, running: Node): BlockPlace {
    const here = this.#running;
    if (here === undefined || here.node !== running) throw new RuleError("not-running");
    const place: MiningPlace =
      branch === undefined ? this.#tipPlace(here) : { parent: branch.ancestry.tip, ancestry: branch.ancestry, branch };
    return this.#make(here, place, wishes);
  }

  #tipPlace({ node }: Running): MiningPlace {
    return { parent: node.chain.tip, ancestry: node.chain.tree };
  }

  /** Where the hash power works. */
  #place(running: Running): MiningPlace {
    const branch = this.#branch;
    if (branch !== undefined) return { parent: branch.ancestry.tip, ancestry: branch.ancestry, branch };
    const feather = this.#habits.parent(running.node.chain);
    if (feather !== undefined) return { parent: feather, ancestry: running.node.chain.tree, aside: true };
    return this.#tipPlace(running);
  }

  /** Takes the time that has passed since off the lot. */
  #pause(): void {
    const { time } = this.#parts;
    if (this.#planned === undefined) return;
    time.callOff(this.#planned);
    this.#planned = undefined;
    this.#lot = Math.max(0, this.#lot - (time.nowUs - this.#sinceUs) / this.#meanUs);
  }

  /** The lot stays; only how fast it is worked off changes with the difficulty and the share. */
  #replan(): void {
    const running = this.#running;
    if (running === undefined || this.#share <= 0) return;
    const { params, lottery, time, number } = this.#parts;
    const { parent, ancestry } = this.#place(running);
    const meanUs = lottery.meanUs(this.#share, nextBits(parent, running.clock.now(), ancestry, params));
    if (this.#planned !== undefined && meanUs === this.#meanUs) return;
    this.#pause();
    this.#meanUs = meanUs;
    this.#sinceUs = time.nowUs;
    this.#planned = time.plan(number, this.#lot * meanUs, () => this.#found(running));
  }

  #found(running: Running): void {
    this.#planned = undefined;
    this.#lot = this.#parts.random.exponential();
    try {
      this.#make(running, this.#place(running), {});
    } catch (error) {
      // Its own clock may forbid a miner what it has found: the work was for nothing, as it would be for real.
      if (!(error instanceof RuleError)) throw error;
    }
    this.#replan();
  }

  #make(running: Running, place: MiningPlace, wishes: BlockWishes): BlockPlace {
    const block = this.#build(running, place, wishes);
    const height = place.parent.height + 1;
    const { branch } = place;
    if (branch !== undefined) this.#append(branch, block, running.node);
    this.#parts.tell({
      type: "mined",
      hash: block.hash,
      height,
      parent: place.parent.hash,
      ...(branch !== undefined && { branch: branch.name }),
      bits: block.header.bits,
      timeSeconds: block.header.time,
      txids: block.txs.slice(1).map(({ txid }) => txid),
    });
    if (branch === undefined) submit(running.node, block);
    const entry = place.aside === true ? running.node.chain.tree.get(block.hash) : undefined;
    if (entry !== undefined) this.#habits.mined(entry, running.node.chain);
    if (branch !== undefined && branch === this.#branch) this.#replan();
    return { hash: block.hash, height };
  }

  #append(branch: SecretBranch, block: Block, node: Node): void {
    const { params } = this.#parts;
    const { ancestry } = branch;
    const entry = acceptHeader(block.header, block.hash, ancestry.tip, ancestry, params, node.nowSeconds());
    branch.append(block, entry);
  }

  #build(running: Running, place: MiningPlace, wishes: BlockWishes): Block {
    const { params, payTo, lottery, name } = this.#parts;
    const { node, clock } = running;
    const { parent, ancestry } = place;
    const time = wishes.timeStepSeconds === undefined ? clock.now() : parent.header.time + wishes.timeStepSeconds;
    const templates = this.#templates(running, tagOf(name) + (wishes.tag ?? ""));
    const txs = wishes.empty === true || place.aside === true ? [] : this.#transactions(node, place, params);
    const { block } = templates.on({ parent, ancestry, txs, payTo, time });
    const version = wishes.version ?? this.#habits.version(block.header.version);
    const sealed = version === undefined ? block : withVersion(block, version);
    lottery.draw(sealed.hash);
    return sealed;
  }

  #transactions(node: Node, { branch }: MiningPlace, params: NetworkParams): Parameters<TemplateMaker["on"]>[0]["txs"] {
    if (branch !== undefined) return branch.nextTransactions(node, params);
    return this.#habits.transactions(node.mempool.select(MAX_BLOCK_WEIGHT));
  }

  /** One maker for each tag, so that no two coinbases are alike. */
  #templates({ node, clock, firstExtraNonce, templates }: Running, tag: string): TemplateMaker {
    const known = templates.get(tag);
    if (known !== undefined) return known;
    const { chain, mempool } = node;
    const maker = new TemplateMaker({ params: this.#parts.params, chain, mempool, clock, tag, firstExtraNonce });
    templates.set(tag, maker);
    return maker;
  }
}

/** A block of our own that we refuse ourselves has been told as refused. */
function submit(node: Node, block: Block): void {
  try {
    node.submitOwnBlock(block);
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
  }
}
