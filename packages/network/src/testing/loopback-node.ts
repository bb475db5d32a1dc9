import { randomBytes } from "node:crypto";
import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { Log } from "@forkyard/core/ports/log";
import { createLibp2pTransport } from "../transport/libp2p/create-transport.ts";
import type { Libp2pTransportOptions } from "../transport/libp2p/options.ts";
import type { PeerId, SyncProtocol, Topic, Transport, TransportHandlers, Verdict } from "../transport/transport.ts";

/** Real transports over loopback TCP, for tests and measurements. */

export const realClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

export const realTimers: Timers = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

const POLL_MS = 10;

export interface GossipSeen {
  readonly topic: Topic;
  readonly from: PeerId;
  readonly payload: Uint8Array;
}

/** A transport, what it was told, and promises for what it will be told. */
export class LoopbackNode {
  readonly transport: Transport;
  readonly connected = new Set<PeerId>();
  readonly seen: GossipSeen[] = [];
  /** The verdict on a gossiped message; undefined: none is ever given. */
  judge: (message: GossipSeen) => Verdict | undefined = () => "accept";
  /** Answers requests; the default answers with the request itself. */
  serve: (protocol: SyncProtocol, from: PeerId, request: Uint8Array) => readonly Uint8Array[] = (_p, _f, request) => [
    request,
  ];
  /** Is told of every peer that comes (true) and goes. */
  onPeer: (peer: PeerId, connected: boolean) => void = () => {};
  readonly #waiting = new Set<() => void>();

  private constructor(transport: Transport) {
    this.transport = transport;
  }

  static async start(options: Partial<Libp2pTransportOptions> = {}): Promise<LoopbackNode> {
    const transport = await createLibp2pTransport({
      chainId: "test-0123456789abcdef",
      identity: randomBytes(32),
      port: 0,
      userAgent: "/forkyard-test/",
      clock: realClock,
      timers: realTimers,
      random: { bytes: (length) => randomBytes(length) },
      log: silentLog,
      ...options,
    });
    const node = new LoopbackNode(transport);
    await transport.start(node.#handlers());
    return node;
  }

  get id(): PeerId {
    return this.transport.self;
  }

  get address(): string {
    const [address] = this.transport.addresses();
    if (address === undefined) throw new Error("not listening");
    return address;
  }

  /** Resolves once the condition holds: looked at when the transport calls back, and now and then. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiting.delete(look);
        clearInterval(poll);
        resolve();
      };
      const poll = setInterval(look, POLL_MS);
      this.#waiting.add(look);
      look();
    });
  }

  async untilConnected(...others: readonly LoopbackNode[]): Promise<void> {
    await this.until(() => others.every((other) => this.connected.has(other.id)));
  }

  /** Resolves with the result of a request. */
  ask(peer: PeerId, protocol: SyncProtocol, request: Uint8Array): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      this.transport.request(peer, protocol, request, (result) => {
        if ("frames" in result) resolve(result.frames);
        else reject(new Error(result.error));
      });
    });
  }

  #handlers(): TransportHandlers {
    return {
      peerConnected: (peer) =>
        this.#told(() => {
          this.connected.add(peer);
          this.onPeer(peer, true);
        }),
      peerDisconnected: (peer) =>
        this.#told(() => {
          this.connected.delete(peer);
          this.onPeer(peer, false);
        }),
      gossip: (topic, from, payload, verdict) =>
        this.#told(() => {
          const message = { topic, from, payload };
          this.seen.push(message);
          const given = this.judge(message);
          if (given !== undefined) verdict(given);
        }),
      request: (protocol, from, request) => this.serve(protocol, from, request),
    };
  }

  #told(change: () => void): void {
    change();
    for (const look of this.#waiting) look();
  }
}

/** Starts nodes in a line, each connected to the next. */
export async function startLine(count: number, options: Partial<Libp2pTransportOptions> = {}): Promise<LoopbackNode[]> {
  const nodes: LoopbackNode[] = [];
  for (let i = 0; i < count; i++) {
    const previous = nodes.at(-1);
    nodes.push(await LoopbackNode.start({ ...options, staticPeers: previous === undefined ? [] : [previous.address] }));
  }
  for (const [i, node] of nodes.entries()) {
    await node.untilConnected(...[nodes[i - 1], nodes[i + 1]].filter((other) => other !== undefined));
  }
  return nodes;
}

export async function stopAll(nodes: readonly LoopbackNode[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.transport.stop()));
}
