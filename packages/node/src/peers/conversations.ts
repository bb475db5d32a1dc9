import { assert } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { ChainServer } from "@forkyard/network/flows/chain-server";
import type { MempoolSyncEffect, SyncEffect } from "@forkyard/network/flows/effects";
import { MempoolSync, type MempoolView } from "@forkyard/network/flows/mempool-sync";
import { serveBlocks } from "@forkyard/network/flows/serve-blocks";
import { serveHeaders } from "@forkyard/network/flows/serve-headers";
import { serveMempool } from "@forkyard/network/flows/serve-mempool";
import { serveStatus } from "@forkyard/network/flows/serve-status";
import { serveTxs } from "@forkyard/network/flows/serve-txs";
import { SyncFlow } from "@forkyard/network/flows/sync-flow";
import type { SyncChainView } from "@forkyard/network/flows/sync-view";
import type { PeerId, SyncProtocol } from "@forkyard/network/transport/transport";
import type { Status } from "@forkyard/network/wire/status";
import { FlowShell, type FlowWorld } from "./flow-shell.ts";

type BlockDelivery = Extract<SyncEffect, { kind: "block" }>;
type TransactionDelivery = Extract<MempoolSyncEffect, { kind: "transaction" }>;

export interface ConversationParts extends FlowWorld {
  readonly view: SyncChainView;
  readonly server: ChainServer;
  readonly mempoolView: MempoolView;
  readonly ownStatus: () => Status;
  /** How often peers are asked for their status; the protocol's own measure when absent. */
  readonly statusPollMs?: number;
  /** A block that was asked for has come. */
  readonly takeBlock: (delivery: BlockDelivery) => void;
  readonly takeTransaction: (delivery: TransactionDelivery) => void;
  /** The blocks that came together have all been taken. */
  readonly blocksTaken: () => void;
}

/** All request/response conversations with peers: what we ask of them and what they ask of us. */
export class Conversations {
  readonly #parts: ConversationParts;
  readonly #sync: SyncFlow;
  readonly #syncShell: FlowShell<BlockDelivery>;
  readonly #mempoolSync: MempoolSync;
  readonly #mempoolShell: FlowShell<TransactionDelivery>;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    const patienceMs = (peer: PeerId): number => parts.transport.patienceMs(peer);
    this.#sync = new SyncFlow(parts.view, parts.ownStatus, { statusPollMs: parts.statusPollMs, patienceMs });
    this.#syncShell = new FlowShell(parts, this.#sync, parts.takeBlock, parts.blocksTaken);
    this.#mempoolSync = new MempoolSync(parts.mempoolView, patienceMs);
    this.#mempoolShell = new FlowShell(parts, this.#mempoolSync, parts.takeTransaction, () => {});
  }

  peerConnected(peer: PeerId): void {
    this.#syncShell.run(this.#sync.peerConnected(peer, this.#nowMs()));
  }

  peerDisconnected(peer: PeerId): void {
    this.#mempoolSync.peerDisconnected(peer);
    this.#syncShell.run(this.#sync.peerDisconnected(peer, this.#nowMs()));
  }

  /** A peer gossiped a block that does not connect to anything we know. */
  unknownParent(peer: PeerId, block: BlockHash): void {
    this.#syncShell.run(this.#sync.gossipUnknownParent(peer, block, this.#nowMs()));
  }

  /** A block that sync delivered is not what its header names. */
  bodyRejected(peer: PeerId, block: BlockHash): void {
    this.#syncShell.run(this.#sync.bodyRejected(peer, block, this.#nowMs()));
  }

  /** The fate of a block that sync delivered was decided after it was taken: there is room for the next. */
  blockDecided(): void {
    this.#syncShell.run(this.#sync.tick(this.#nowMs()));
    this.#parts.blocksTaken();
  }

  /** Answers a peer's request. @throws DecodeError when it is malformed */
  serve(protocol: SyncProtocol, from: PeerId, request: Uint8Array): readonly Uint8Array[] {
    const { server } = this.#parts;
    switch (protocol) {
      case "status":
        return this.#serveStatus(from, request);
      case "headers":
        return serveHeaders(request, server);
      case "blocks":
        return serveBlocks(request, server);
      case "txs":
        return serveTxs(request, server);
      case "mempool":
        return serveMempool(request, server);
    }
  }

  syncing(): boolean {
    return this.#sync.syncing();
  }

  statuses(): ReadonlyMap<PeerId, Status> {
    return this.#sync.statuses();
  }

  stop(): void {
    this.#syncShell.stop();
    this.#mempoolShell.stop();
  }

  /** The peer's status tells us its chain, and that its gossip reaches us: time to ask for its mempool. */
  #serveStatus(from: PeerId, request: Uint8Array): readonly Uint8Array[] {
    const answer = serveStatus(request, this.#parts.ownStatus());
    const nowMs = this.#nowMs();
    this.#syncShell.run(this.#sync.statusReceived(from, request, nowMs));
    this.#mempoolShell.run(this.#mempoolSync.peerReady(from, nowMs));
    assert(answer.length === 1, "a status is answered by one status");
    return answer;
  }

  #nowMs(): number {
    return this.#parts.clock.monotonicMs();
  }
}
