import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import { DecodeError } from "@forkyard/core/errors";
import { type BlockHash, hashToString, sha256 } from "@forkyard/core/hash";
import type { SyncProtocol, Topic, TransportHandlers, Verdict } from "@forkyard/network/transport/transport";
import { encodeHeaders } from "@forkyard/network/wire/headers";
import { encodeStatus } from "@forkyard/network/wire/status";
import type { Node } from "@forkyard/node/node";
import { SimTransport } from "../../world/sim/network/sim-transport.ts";
import type { RandomStream } from "../../world/sim/random/stream.ts";
import type { SimWorld } from "../../world/sim/sim-world.ts";
import type { NodeName } from "../../world/world.ts";
import type { HostileMessage } from "./hostile-action.ts";
import {
  bytesOf,
  emptyBlock,
  forgedPayment,
  garbage,
  invalidBlock,
  mutatedBody,
  orphans,
  unworked,
} from "./hostile-blocks.ts";

const LINK = { latencyMs: 20, jitterMs: 0, bytesPerSecond: undefined, loss: 0 };
const ORPHANS_PER_FLOOD = 130;
/** Blocks below the victim's tip that an old branch begins. */
const OLD_BRANCH_DEPTH = 4;
const OLD_BRANCH_BLOCKS = 2;

export interface HostilePeerParts {
  readonly name: string;
  readonly victim: NodeName;
  readonly world: SimWorld;
  readonly random: RandomStream;
  /** Told every block with work that it makes, valid or not, and every other body. */
  readonly made: (block: Block) => void;
}

/**
 * A peer with a transport and no node behind it: sends what it is told to its one victim, and answers the victim's
 * questions with whatever comes to its mind. It sees what a well connected node could see.
 */
export class HostilePeer implements TransportHandlers {
  readonly #parts: HostilePeerParts;
  readonly #transport: SimTransport;

  constructor(parts: HostilePeerParts) {
    this.#parts = parts;
    const { network } = parts.world;
    network.addLink([parts.name, parts.victim], LINK);
    this.#transport = new SimTransport(parts.name, network);
    this.#transport.startNow(this);
  }

  leave(): void {
    this.#transport.stopNow();
  }

  peerConnected(): void {}

  peerDisconnected(): void {}

  gossip(_topic: Topic, _from: string, _payload: Uint8Array, verdict: (verdict: Verdict) => void): void {
    verdict("ignore");
  }

  request = (protocol: SyncProtocol): readonly Uint8Array[] => {
    const { random } = this.#parts;
    const node = this.#victim();
    if (node === undefined || random.uniform() < 0.3) throw new DecodeError("no answer", 0);
    if (protocol === "status") return [this.#status(node)];
    if (protocol === "headers") return [this.#headers(node)];
    return [garbage(random)];
  };

  /** Sends a message; nothing when there is nobody to send it to. */
  send(message: HostileMessage): void {
    const node = this.#victim();
    if (node === undefined) return;
    const { tip } = node.chain;
    switch (message) {
      case "garbage":
        this.#transport.publish("blocks", garbage(this.#parts.random));
        this.#transport.publish("txs", garbage(this.#parts.random));
        return;
      case "mutated-block":
        return this.#mutated(node);
      case "unworked-block":
        return this.#block(unworked(emptyBlock(tip, node, this.#parts.random), this.#parts.random));
      case "invalid-block":
        return this.#block(this.#sealed(invalidBlock(tip, node, this.#parts.random)));
      case "invalid-branch":
        return this.#invalidBranch(node);
      case "old-branch":
        return this.#oldBranch(node);
      case "orphan-flood":
        for (const bytes of orphans(ORPHANS_PER_FLOOD, this.#parts.random)) this.#transport.publish("txs", bytes);
        return;
      case "forged-payment":
        return this.#forgedPayment();
    }
  }

  /** A block that the victim does not have yet, if some other node has one; else its tip. */
  #mutated(victim: Node): void {
    const { world, random } = this.#parts;
    let block = victim.chain.block(victim.chain.tip.hash);
    for (const { node } of world.hosts.values()) {
      if (node !== undefined && !victim.chain.tree.has(node.chain.tip.hash))
        block = node.chain.block(node.chain.tip.hash);
    }
    if (block === undefined) return;
    const mutated = mutatedBody(block, random);
    this.#block(mutated);
    // As it came first, so does the true one afterwards: the bad body must not have spoilt it.
    if (random.uniform() < 0.5) this.#transport.publish("blocks", bytesOf(block));
  }

  #invalidBranch(node: Node): void {
    const { random, world } = this.#parts;
    const first = this.#sealed(invalidBlock(node.chain.tip, node, random));
    this.#block(first);
    world.after(200, () => {
      const victim = this.#victim();
      const parent = victim?.chain.tree.get(first.hash);
      if (victim === undefined || parent === undefined) return;
      this.#block(this.#sealed(emptyBlock(parent, victim, random)));
    });
  }

  #oldBranch(node: Node): void {
    const { chain } = node;
    const fork = chain.activeAt(Math.max(1, chain.tip.height - OLD_BRANCH_DEPTH));
    if (fork === undefined) return;
    this.#extend(fork, OLD_BRANCH_BLOCKS);
  }

  #extend(parent: ChainEntry, blocks: number): void {
    const node = this.#victim();
    if (blocks === 0 || node === undefined) return;
    const block = this.#sealed(emptyBlock(parent, node, this.#parts.random));
    this.#block(block);
    this.#parts.world.after(200, () => {
      const entry = this.#victim()?.chain.tree.get(block.hash);
      if (entry !== undefined) this.#extend(entry, blocks - 1);
    });
  }

  #forgedPayment(): void {
    for (const { node } of this.#parts.world.hosts.values()) {
      for (const { tx } of node?.mempool.entries() ?? []) {
        this.#transport.publish("txs", forgedPayment(tx).encode());
        return;
      }
    }
  }

  #sealed(block: Block): Block {
    this.#parts.world.hosts.get(this.#parts.victim)?.miner.seal(block.hash);
    return block;
  }

  #block(block: Block): void {
    this.#parts.made(block);
    this.#transport.publish("blocks", bytesOf(block));
  }

  /** Claims more than there is, or the same. */
  #status({ chain, params }: Node): Uint8Array {
    const { random } = this.#parts;
    const more = random.uniform() < 0.5;
    return encodeStatus({
      genesisHash: params.genesis.hash,
      height: chain.tip.height + (more ? random.below(100) : 0),
      tip: more ? hashToString<BlockHash>(sha256(random.bytes(8))) : chain.tip.hash,
      chainWork: chain.tip.chainWork * (more ? 2n : 1n),
      userAgent: "/hostile/",
    });
  }

  /** A header without work, nothing, or nonsense. */
  #headers(node: Node): Uint8Array {
    const { random } = this.#parts;
    const kind = random.below(3);
    if (kind === 0) return encodeHeaders([]);
    if (kind === 1) return garbage(random);
    return encodeHeaders([unworked(emptyBlock(node.chain.tip, node, random), random).header]);
  }

  #victim(): Node | undefined {
    const { world, victim } = this.#parts;
    return world.hosts.get(victim)?.node;
  }
}
