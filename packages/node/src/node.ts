import { type Block, encodeBlock } from "@forkyard/core/block";
import type { BlockHash } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { Log } from "@forkyard/core/ports/log";
import type { Transaction } from "@forkyard/core/tx";
import type { AcceptResult, Mempool } from "@forkyard/mempool/mempool";
import type { PeerId, Topic, Transport, TransportHandlers, Verdict } from "@forkyard/network/transport/transport";
import type { EventLog } from "@forkyard/rpc/schema/event-log";
import { type BlockOutcome, type BlockVerdict, outcomeAtOnce } from "./chain/block-verdict.ts";
import type { Chain } from "./chain/chain.ts";
import { INVALID_MESSAGE_POINTS, MAX_BLOCKS_UNDECIDED, MAX_RESURRECTED_ANNOUNCED } from "./limits.ts";
import type { MempoolFollower } from "./mempool/mempool-follower.ts";
import { TransactionIntake } from "./mempool/transaction-intake.ts";
import { ChainService } from "./peers/chain-service.ts";
import { Conversations } from "./peers/conversations.ts";
import { type GossipParts, takeGossipedBlock, takeGossipedTransaction } from "./peers/gossip.ts";
import { Links } from "./peers/links.ts";
import { ChainSyncView } from "./pipeline/sync-view.ts";
import type { WalletHost } from "./wallets/wallet-host.ts";

export interface NodeParts {
  readonly name: string;
  readonly params: NetworkParams;
  readonly chain: Chain;
  readonly store: ChainStore;
  readonly mempool: Mempool;
  readonly mempoolFollower: MempoolFollower;
  readonly wallets: WalletHost;
  readonly transport: Transport;
  readonly events: EventLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly userAgent: string;
  readonly sizeOnDiskBytes: () => number;
  /** Whether old blocks are deleted. */
  readonly prunes?: boolean;
  /** How often peers are asked for their status, where blocks are rarer than on the devnet (simulator). */
  readonly statusPollMs?: number;
}

/**
 * A full node between its ports: what peers say goes to chain and mempool, what chain and mempool take in goes to
 * peers, wallets, miner and events. Synchronous; clock, timers, disk and network are arguments, so that the simulator
 * runs this very class.
 */
export class Node implements TransportHandlers {
  readonly name: string;
  readonly params: NetworkParams;
  readonly chain: Chain;
  readonly store: ChainStore;
  readonly mempool: Mempool;
  readonly wallets: WalletHost;
  readonly transport: Transport;
  readonly events: EventLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly transactions: TransactionIntake;
  readonly conversations: Conversations;
  readonly links: Links;
  readonly sizeOnDiskBytes: () => number;
  readonly prunes: boolean;
  readonly #gossip: GossipParts;
  readonly #workListeners = new Set<() => void>();
  /** A block that a sync conversation brought is not announced by whoever sent it: we do, when all have come. */
  #announceWhenSynced = false;
  #initialDownload = true;
  /** Blocks that came by sync and whose fate waits for scripts. */
  #undecidedFromSync = 0;

  constructor(parts: NodeParts) {
    this.name = parts.name;
    this.params = parts.params;
    this.chain = parts.chain;
    this.store = parts.store;
    this.mempool = parts.mempool;
    this.wallets = parts.wallets;
    this.transport = parts.transport;
    this.events = parts.events;
    this.clock = parts.clock;
    this.timers = parts.timers;
    this.log = parts.log;
    this.sizeOnDiskBytes = parts.sizeOnDiskBytes;
    this.prunes = parts.prunes === true;
    this.transactions = new TransactionIntake(this.mempool, this.chain, this.clock, {
      accepted: (result) => {
        parts.mempoolFollower.accepted(result);
        this.#workChanged();
      },
    });
    this.links = new Links(this.transport, this.log);
    this.conversations = this.#makeConversations(parts);
    this.#gossip = {
      chain: this.chain,
      transactions: this.transactions,
      nowSeconds: () => this.nowSeconds(),
      blame: (peer, reason) => this.#blame(peer, reason),
      unknownParent: (peer, block) => this.conversations.unknownParent(peer, block),
    };
  }

  /** The time of day in seconds, as in headers. */
  nowSeconds(): number {
    return Math.floor(this.clock.nowMs() / 1000);
  }

  /** True until the node has once been as far as its peers; bitcoind's meaning. */
  initialDownload(): boolean {
    const busy = this.conversations.syncing() || this.chain.undecidedBlocks > 0;
    if (this.#initialDownload && this.chain.tip.height > 0 && !busy) this.#initialDownload = false;
    return this.#initialDownload;
  }

  /** Calls back whenever there is something new to mine on: a tip or transactions. */
  onWorkChanged(listener: () => void): void {
    this.#workListeners.add(listener);
  }

  /**
   * A block of our own (mined here, or submitted by a program): taken into the chain and announced.
   * @param answer called once, possibly before this returns
   */
  takeOwnBlock(block: Block, answer: (verdict: BlockVerdict) => void): void {
    const bytes = encodeBlock(block);
    const decided = (verdict: BlockVerdict): void => {
      if (verdict.kind === "connected" || verdict.kind === "side") this.transport.publish("blocks", bytes);
      answer(verdict);
    };
    this.chain.takeBlock(block, this.nowSeconds(), decided, bytes);
  }

  /** Tells peers of our tip. Whoever lacks blocks below it asks for them. */
  announceTip(): void {
    const bytes = this.store.blockBytes(this.chain.tip.hash);
    if (bytes !== undefined) this.transport.publish("blocks", bytes);
  }

  /** The same for a node whose scripts run on the calling thread, as in simulations. @throws RuleError */
  submitOwnBlock(block: Block): BlockOutcome {
    return outcomeAtOnce((answer) => this.takeOwnBlock(block, answer));
  }

  /** A transaction of our own: taken into the mempool and announced. @throws RuleError */
  submitOwnTransaction(tx: Transaction): AcceptResult {
    const result = this.transactions.accept(tx);
    if (result.status === "accepted") this.transport.publish("txs", tx.encode());
    return result;
  }

  /**
   * Told by the chain's follower, after mempool and wallets know. What came back from blocks taken off is announced once
   * more: whoever was on the other branch never had it.
   */
  tipChanged(resurrected: readonly Transaction[]): void {
    for (const tx of resurrected.slice(0, MAX_RESURRECTED_ANNOUNCED)) this.transport.publishAgain("txs", tx.encode());
    this.#workChanged();
  }

  peerConnected(peer: PeerId): void {
    this.#announcePeer("connected", peer);
    this.conversations.peerConnected(peer);
  }

  peerDisconnected(peer: PeerId): void {
    this.#announcePeer("disconnected", peer);
    this.mempool.forgetSender(peer);
    this.conversations.peerDisconnected(peer);
  }

  gossip(topic: Topic, from: PeerId, payload: Uint8Array, verdict: (verdict: Verdict) => void): void {
    if (topic === "blocks") takeGossipedBlock(payload, from, this.#gossip, verdict);
    else verdict(takeGossipedTransaction(payload, from, this.#gossip));
  }

  request: TransportHandlers["request"] = (protocol, from, request) =>
    this.conversations.serve(protocol, from, request);

  stop(): void {
    this.conversations.stop();
    this.chain.stop();
  }

  #makeConversations({ userAgent, statusPollMs }: NodeParts): Conversations {
    const view = new ChainSyncView(
      this.chain,
      this.params,
      () => this.nowSeconds(),
      () => MAX_BLOCKS_UNDECIDED - this.#undecidedFromSync,
    );
    return new Conversations({
      transport: this.transport,
      clock: this.clock,
      timers: this.timers,
      log: this.log,
      view,
      ...(statusPollMs !== undefined && { statusPollMs }),
      server: new ChainService(this.chain, this.mempool),
      mempoolView: { hasTransaction: (txid) => this.mempool.has(txid) },
      ownStatus: () => ({
        genesisHash: this.params.genesis.hash,
        height: this.chain.tip.height,
        tip: this.chain.tip.hash,
        chainWork: this.chain.tip.chainWork,
        userAgent,
      }),
      takeBlock: ({ peer, bytes, hash }) => this.#takeSyncedBlock(peer, bytes, hash),
      takeTransaction: ({ peer, bytes }) => {
        takeGossipedTransaction(bytes, peer, this.#gossip);
      },
      blocksTaken: () => this.#blocksTaken(),
    });
  }

  #takeSyncedBlock(peer: PeerId, bytes: Uint8Array, hash: BlockHash): void {
    const tipBefore = this.chain.tip;
    let late = false;
    let answered = false;
    takeGossipedBlock(bytes, peer, this.#gossip, (verdict) => {
      if (verdict === "reject") this.conversations.bodyRejected(peer, hash);
      else if (this.chain.tip !== tipBefore) this.#announceWhenSynced = true;
      answered = true;
      // At once: whoever handed the block over goes on by itself.
      if (!late) return;
      this.#undecidedFromSync -= 1;
      this.conversations.blockDecided();
    });
    late = !answered;
    if (late) this.#undecidedFromSync += 1;
  }

  /** Peers that are connected with us alone hear of the new tip from us. */
  #blocksTaken(): void {
    if (!this.#announceWhenSynced || this.conversations.syncing()) return;
    this.#announceWhenSynced = false;
    this.announceTip();
  }

  #blame(peer: PeerId, reason: string): void {
    this.log.warn("peer sent something invalid", { peer, reason });
    this.transport.penalise(peer, INVALID_MESSAGE_POINTS, reason);
  }

  #announcePeer(status: "connected" | "disconnected", peer: PeerId): void {
    const known = this.transport.peers().find(({ id }) => id === peer);
    const { address, inbound } = known ?? { address: "", inbound: false };
    this.log.info(`peer ${status}`, { peer, address, inbound });
    this.events.append({ type: "peer", status, peer, address, inbound });
  }

  #workChanged(): void {
    for (const listener of this.#workListeners) listener();
  }
}
