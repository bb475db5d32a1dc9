import { encodeBlock } from "@forkyard/core/block";
import { assert } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import type { ChainServer } from "@forkyard/network/flows/chain-server";
import { serveBlocks } from "@forkyard/network/flows/serve-blocks";
import { serveHeaders } from "@forkyard/network/flows/serve-headers";
import { serveMempool } from "@forkyard/network/flows/serve-mempool";
import { serveStatus } from "@forkyard/network/flows/serve-status";
import { serveTxs } from "@forkyard/network/flows/serve-txs";
import type { SyncProtocol, Topic, TransportHandlers, Verdict } from "@forkyard/network/transport/transport";
import { decodeGetBlocks } from "@forkyard/network/wire/get-blocks";
import type { Status } from "@forkyard/network/wire/status";
import type { Forge } from "./forge.ts";
import type { SimNetwork } from "./sim-network.ts";
import { Silence, type SimTransport } from "./sim-transport.ts";

/** A peer that serves the chain up to one block of the forge as an honest node does, valid or not, unless told to lie. */
export class FakePeer implements TransportHandlers, ChainServer {
  readonly transport: SimTransport;
  readonly #forge: Forge;
  /** How often each block was asked for. */
  readonly asked = new Map<BlockHash, number>();
  /** Other bytes to give out for a block: a mutated copy. */
  readonly bodies = new Map<BlockHash, Uint8Array>();
  /** Headers given out instead of the chain's: all of them after the one that is asked for, or the same every time. */
  headers: readonly BlockHeader[] | undefined;
  /** Fields of its status that are not true. */
  claims: Partial<Status> = {};
  /** Protocols that it never answers. */
  readonly silent = new Set<SyncProtocol>();
  #tip: BlockHash;
  #path: readonly BlockHash[] = [];
  #known: { readonly shown: unknown; readonly positions: ReadonlyMap<BlockHash, number> } | undefined;

  private constructor(forge: Forge, transport: SimTransport) {
    this.#forge = forge;
    this.transport = transport;
    this.#tip = forge.params.genesis.hash;
  }

  /** A peer at a new place of the network, not yet linked with anybody. */
  static at(network: SimNetwork, id: string, forge: Forge): FakePeer {
    const peer = new FakePeer(forge, network.transport(id));
    void peer.transport.start(peer);
    return peer;
  }

  serve(tip: BlockHash): this {
    this.#tip = tip;
    this.#path = this.#forge.path(tip).map(({ hash }) => hash);
    return this;
  }

  peerConnected(): void {}

  peerDisconnected(): void {}

  gossip(_topic: Topic, _from: string, _payload: Uint8Array, verdict: (verdict: Verdict) => void): void {
    verdict("ignore");
  }

  request(protocol: SyncProtocol, _from: string, request: Uint8Array): readonly Uint8Array[] {
    if (this.silent.has(protocol)) throw new Silence();
    switch (protocol) {
      case "status":
        return serveStatus(request, this.#status());
      case "headers":
        return serveHeaders(request, this);
      case "blocks":
        for (const hash of decodeGetBlocks(request)) this.asked.set(hash, (this.asked.get(hash) ?? 0) + 1);
        return serveBlocks(request, this);
      case "txs":
        return serveTxs(request, this);
      case "mempool":
        return serveMempool(request, this);
    }
  }

  locatorFork(hashes: readonly BlockHash[]): BlockHash | undefined {
    const positions = this.#positions();
    return hashes.find((hash) => positions.has(hash) || hash === this.#forge.params.genesis.hash);
  }

  headersAfter(hash: BlockHash | undefined, max: number): readonly BlockHeader[] {
    const from = (this.#positions().get(hash ?? this.#forge.params.genesis.hash) ?? -1) + 1;
    if (this.headers !== undefined) return this.headers.slice(from, from + max);
    return this.#path.slice(from, from + max).map((each) => this.#forge.block(each).header);
  }

  blockBytes(hash: BlockHash): Uint8Array | undefined {
    const changed = this.bodies.get(hash);
    if (changed !== undefined) return changed;
    return this.#path.includes(hash) ? encodeBlock(this.#forge.block(hash)) : undefined;
  }

  txBytes(): undefined {
    return undefined;
  }

  mempoolTxids(): readonly [] {
    return [];
  }

  /** Points that the node at `transport` gave this peer. */
  pointsAt(transport: SimTransport): number {
    const own = transport.penalties.filter(({ peer }) => peer === this.transport.self);
    return own.reduce((sum, { points }) => sum + points, 0);
  }

  /** The verdict of the node at `transport` on the last thing that this peer gossiped. */
  lastVerdictAt(transport: SimTransport): Verdict {
    const given = transport.verdicts.findLast(({ from }) => from === this.transport.self);
    assert(given !== undefined, "the node decided nothing about this peer's gossip");
    return given.verdict;
  }

  /** Where in what is given out each header stands. */
  #positions(): ReadonlyMap<BlockHash, number> {
    const shown = this.headers ?? this.#path;
    if (this.#known?.shown !== shown) {
      const hashes = this.headers?.map(blockHashOf) ?? this.#path;
      this.#known = { shown, positions: new Map(hashes.map((hash, position) => [hash, position])) };
    }
    return this.#known.positions;
  }

  #status(): Status {
    const { height, chainWork } = this.#forge.entry(this.#tip);
    const genesisHash = this.#forge.params.genesis.hash;
    return { genesisHash, height, tip: this.#tip, chainWork, userAgent: "/fake/", ...this.claims };
  }
}
