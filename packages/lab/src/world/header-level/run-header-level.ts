import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import { genesisEntry } from "@forkyard/consensus/rules/genesis-entry";
import { nextBits } from "@forkyard/consensus/rules/retarget/next-bits";
import type { ChainEntry } from "@forkyard/core/chain";
import { assert } from "@forkyard/core/errors";
import { hashToString, type MerkleRoot, sha256 } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { simParams } from "../sim/bootstrap/sim-params.ts";
import { Link } from "../sim/network/link.ts";
import { type RandomStream, RandomStreams } from "../sim/random/stream.ts";
import { VirtualTime, WORLD_NODE } from "../sim/time/virtual-time.ts";
import { HeaderNode } from "./header-node.ts";

export interface HeaderLevelOptions {
  readonly seed: number;
  readonly nodes: number;
  /** Links that each node opens, besides one to the next so that all are connected. */
  readonly linksPerNode: number;
  /** Blocks to be found; all nodes have the same hash power. */
  readonly blocks: number;
  readonly blockIntervalMs: number;
  readonly latencyMs: number;
  readonly jitterMs: number;
}

export interface HeaderLevelResult {
  /** Distinct tips after everything has arrived everywhere. */
  readonly tips: number;
  readonly height: number;
  /** Blocks that are not on the chain of the first node. */
  readonly stale: number;
  readonly reorgs: number;
  readonly deepestReorg: number;
  /** Events of the heap. */
  readonly events: number;
}

const HEADER_BYTES = 80;
const BLOCK_VERSION = 0x20000000;
const US_PER_MS = 1_000;
const MS_PER_SECOND = 1_000;

/** A net of which only headers, fork choice and links are simulated: for questions about many thousands of nodes. */
export function runHeaderLevel(options: HeaderLevelOptions): HeaderLevelResult {
  const net = new HeaderNet(options);
  return net.run();
}

class HeaderNet {
  readonly #options: HeaderLevelOptions;
  readonly #params: NetworkParams;
  readonly #drawn = new Set<string>();
  readonly #time: VirtualTime;
  readonly #streams: RandomStreams;
  readonly #lottery: RandomStream;
  readonly #nodes: readonly HeaderNode[];
  readonly #links: readonly Link[][];
  #found = 0;
  #events = 0;

  constructor(options: HeaderLevelOptions) {
    const { seed, nodes, blockIntervalMs } = options;
    this.#options = options;
    this.#params = simParams(
      { rules: "regtest", blockIntervalMs, retarget: "none", coinbaseMaturity: 1, bootstrapBlocks: 0 },
      this.#drawn,
    );
    const genesis = genesisEntry(this.#params);
    this.#time = new VirtualTime(genesis.header.time * MS_PER_SECOND);
    this.#streams = new RandomStreams(seed);
    this.#lottery = this.#streams.of("", "lottery");
    this.#nodes = Array.from({ length: nodes }, (_, number) => new HeaderNode(number, genesis));
    this.#links = this.#nodes.map(() => []);
    this.#makeLinks();
  }

  run(): HeaderLevelResult {
    this.#planNext();
    while (this.#time.step(Number.MAX_SAFE_INTEGER)) this.#events += 1;
    const first = this.#nodes[0] as HeaderNode;
    return {
      tips: new Set(this.#nodes.map(({ tip }) => tip.hash)).size,
      height: first.tip.height,
      stale: this.#found - first.tip.height,
      reorgs: this.#nodes.reduce((sum, { reorgs }) => sum + reorgs, 0),
      deepestReorg: this.#nodes.reduce((most, { deepestReorg }) => Math.max(most, deepestReorg), 0),
      events: this.#events,
    };
  }

  /** A ring, and links to nodes anywhere. */
  #makeLinks(): void {
    const random = this.#streams.of("", "topology");
    const count = this.#nodes.length;
    for (let from = 0; from < count; from++) {
      const ends = new Set(count > 1 ? [(from + 1) % count] : []);
      for (let link = 0; link < this.#options.linksPerNode; link++) ends.add(random.below(count));
      for (const to of ends) this.#addLink(from, to);
    }
  }

  #addLink(from: number, to: number): void {
    const [a, b] = [String(from), String(to)];
    const known = this.#links[from]?.some((link) => link.other(a) === b);
    if (from === to || known === true) return;
    const { latencyMs, jitterMs } = this.#options;
    const settings = { latencyMs, jitterMs, bytesPerSecond: undefined, loss: 0 };
    const link = new Link([a, b], settings, (sender, receiver) => this.#streams.of(sender, `link to ${receiver}`));
    this.#links[from]?.push(link);
    this.#links[to]?.push(link);
  }

  /** All nodes together find a block an interval, and each is the finder with the same chance. */
  #planNext(): void {
    if (this.#found >= this.#options.blocks) return;
    const delayUs = this.#lottery.exponential() * this.#options.blockIntervalMs * US_PER_MS;
    this.#time.plan(WORLD_NODE, delayUs, () => {
      const finder = this.#nodes[this.#lottery.below(this.#nodes.length)] as HeaderNode;
      this.#found += 1;
      this.#take(finder, this.#mine(finder), undefined);
      this.#planNext();
    });
  }

  #mine({ number, tip, tree }: HeaderNode): ChainEntry {
    const nowSeconds = Math.floor((this.#time.startMs + this.#time.nowMs) / MS_PER_SECOND);
    const time = Math.max(nowSeconds, tip.header.time + 1);
    const name = new TextEncoder().encode(`block ${this.#found} of node ${number}`);
    const header: BlockHeader = {
      version: BLOCK_VERSION,
      prevHash: tip.hash,
      merkleRoot: hashToString<MerkleRoot>(sha256(name)),
      time,
      bits: nextBits(tip, time, tree, this.#params),
      nonce: 0,
    };
    const hash = blockHashOf(header);
    this.#drawn.add(hash);
    return acceptHeader(header, hash, tip, tree, this.#params, time);
  }

  /** A header is new to a node: it goes on to all of its peers but the one it came from. */
  #take(node: HeaderNode, entry: ChainEntry, from: string | undefined): void {
    assert(node.knows(entry.header.prevHash), "links keep the order: a parent comes before its child");
    node.take(entry);
    const name = String(node.number);
    for (const link of this.#links[node.number] ?? []) {
      const peer = link.other(name);
      if (peer === from) continue;
      const receiver = this.#nodes[Number(peer)] as HeaderNode;
      const { nowUs } = this.#time;
      this.#time.plan(receiver.number, link.arrivalUs(name, HEADER_BYTES, nowUs) - nowUs, () => {
        if (!receiver.knows(entry.hash)) this.#take(receiver, entry, name);
      });
    }
  }
}
