import { InputError } from "@forkyard/core/errors";
import type { Random } from "@forkyard/core/ports/random";
import type { Connection } from "@libp2p/interface";
import { GOSSIP_BREACH_POINTS } from "../../limits.ts";
import type { LinkConditions } from "../../link-conditions.ts";
import { patienceMs } from "../../link-patience.ts";
import { PeerBook } from "../../peer-book.ts";
import { ApplicationScores } from "../../scoring.ts";
import { protocolName } from "../../topics.ts";
import type {
  PeerId,
  PeerSummary,
  RequestResult,
  SyncProtocol,
  Topic,
  Transport,
  TransportHandlers,
} from "../transport.ts";
import { Dialler, parseAddress } from "./dialler.ts";
import { Gossip } from "./gossip.ts";
import { GossipMeter } from "./gossip-meter.ts";
import { peerIdOfIdentity, privateKeyOf } from "./identity.ts";
import { createLibp2pNode, type Libp2pNode } from "./libp2p-node.ts";
import { LinkShaper } from "./link-shaper.ts";
import { Links } from "./links.ts";
import type { Libp2pTransportOptions } from "./options.ts";
import { PeerGate } from "./peer-gate.ts";
import { RequestClient } from "./request-client.ts";
import { RequestServer } from "./request-server.ts";

/** The network over libp2p: TCP, noise, yamux, gossipsub. Not started. @throws InputError for bad options. */
export async function createLibp2pTransport(options: Libp2pTransportOptions): Promise<Transport> {
  for (const address of options.staticPeers ?? []) parseAddress(address);
  const privateKey = privateKeyOf(options.identity);
  const book = new PeerBook(peerIdOfIdentity(options.identity), options.staticPeers ?? []);
  const scores = new ApplicationScores();
  const nowMs = (): number => options.clock.monotonicMs();
  let node: Libp2pNode | undefined = undefined;
  let transport: Libp2pTransport | undefined = undefined;
  const gate = new PeerGate(
    (peer) => scores.refused(peer, nowMs()),
    () => node?.getConnections() ?? [],
  );
  const meter = new GossipMeter(options.clock, (peer) =>
    transport?.penalise(peer, GOSSIP_BREACH_POINTS, "gossips more than it may"),
  );
  const shaper = new LinkShaper({ clock: options.clock, timers: options.timers, draw: drawFrom(options.random) });
  const applicationScore = (peer: PeerId): number => scores.score(peer, nowMs());
  node = await createLibp2pNode(options, { privateKey, gate, meter, shaper, applicationScore });
  transport = new Libp2pTransport(options, { node, book, scores, gate, meter, shaper });
  return transport;
}

interface TransportParts {
  readonly node: Libp2pNode;
  readonly book: PeerBook;
  readonly scores: ApplicationScores;
  readonly gate: PeerGate;
  readonly meter: GossipMeter;
  readonly shaper: LinkShaper;
}

class Libp2pTransport implements Transport {
  readonly #options: Libp2pTransportOptions;
  readonly #parts: TransportParts;
  readonly #gossip: Gossip;
  readonly #links: Links;
  readonly #dialler: Dialler;
  readonly #client: RequestClient;
  readonly #server: RequestServer;
  #handlers: TransportHandlers | undefined;

  constructor(options: Libp2pTransportOptions, parts: TransportParts) {
    const { node, book, gate } = parts;
    this.#options = options;
    this.#parts = parts;
    this.#gossip = new Gossip(node.services.gossip, options);
    this.#links = new Links(node, this.#gossip, {
      ...options,
      denied: (peer) => gate.denied(peer),
      chainProtocol: protocolName(options.chainId, "status"),
      patienceMs: (peer) => this.patienceMs(peer),
      up: (peer) => this.#linkUp(peer),
      down: (peer, announced) => this.#linkDown(peer, announced),
    });
    this.#dialler = new Dialler(node, book, gate, options);
    this.#client = new RequestClient({
      ...options,
      connectionTo: (peer) => this.#connectionTo(peer),
      patienceMs: (peer) => this.patienceMs(peer),
    });
    this.#server = new RequestServer({
      ...options,
      penalise: (peer, points, reason) => this.penalise(peer, points, reason),
      patienceMs: (peer) => this.patienceMs(peer),
    });
  }

  get self(): PeerId {
    return this.#parts.node.peerId.toString();
  }

  addresses(): readonly string[] {
    return this.#parts.node.getMultiaddrs().map((address) => address.toString());
  }

  async start(handlers: TransportHandlers): Promise<void> {
    const { node } = this.#parts;
    this.#handlers = handlers;
    await this.#server.start(node, handlers);
    this.#links.start();
    try {
      await node.start();
    } catch (error) {
      this.#links.stop();
      throw new InputError(`cannot listen on ${hostAndPort(this.#options)}: ${listenFault(error)}`);
    }
    this.#gossip.start(handlers);
    this.#dialler.start();
  }

  async stop(): Promise<void> {
    this.#handlers = undefined;
    this.#dialler.stop();
    this.#gossip.stop();
    this.#links.stop();
    await this.#parts.node.stop();
  }

  publish(topic: Topic, payload: Uint8Array): void {
    this.#gossip.publish(topic, payload);
  }

  publishAgain(topic: Topic, payload: Uint8Array): void {
    this.#gossip.publishAgain(topic, payload);
  }

  request(peer: PeerId, protocol: SyncProtocol, request: Uint8Array, done: (result: RequestResult) => void): void {
    this.#client.request(peer, protocol, request, done);
  }

  async dial(address: string): Promise<void> {
    await this.#dialler.dial(address);
  }

  keepConnected(address: string): void {
    parseAddress(address);
    this.#parts.book.add(address, this.#options.clock.monotonicMs());
    this.#dialler.run();
  }

  letGo(address: string): void {
    this.#parts.book.remove(address);
  }

  disconnect(peer: PeerId): void {
    this.#parts.book.rest(peer);
    this.#links.cut(peer, "disconnected");
  }

  setBlockedPeers(peers: ReadonlySet<PeerId>): void {
    const { gate, book } = this.#parts;
    const freed = [...gate.blocked].filter((peer) => !peers.has(peer));
    gate.blocked = new Set(peers);
    for (const peer of peers) this.#links.cut(peer, "blocked");
    book.retryNow(freed, this.#options.clock.monotonicMs());
    this.#dialler.run();
  }

  setLinkConditions(conditions: ReadonlyMap<PeerId, LinkConditions>): void {
    this.#parts.shaper.set(conditions);
  }

  patienceMs(peer: PeerId): number {
    return patienceMs(this.#parts.shaper.conditions(peer));
  }

  peers(): readonly PeerSummary[] {
    return [...this.#links.announced()].flatMap(([peer, connectedAtMs]) => {
      const connection = this.#connectionTo(peer);
      return connection === undefined ? [] : [this.#summary(peer, connection, connectedAtMs)];
    });
  }

  penalise(peer: PeerId, points: number, reason: string): void {
    this.#options.log.info("peer.penalised", { peer, points, reason });
    const { scores } = this.#parts;
    if (scores.penalise(peer, points, this.#options.clock.monotonicMs())) this.disconnect(peer);
  }

  #summary(peer: PeerId, connection: Connection, connectedAtMs: number): PeerSummary {
    return {
      id: peer,
      address: connection.remoteAddr.toString(),
      inbound: connection.direction === "inbound",
      connectedAtMs,
      score: this.#gossip.score(peer),
      ...(connection.rtt === undefined ? {} : { latencyMs: connection.rtt }),
    };
  }

  #connectionTo(peer: PeerId): Connection | undefined {
    return this.#links.connectionsTo(peer).find((connection) => connection.status === "open");
  }

  #linkUp(peer: PeerId): void {
    this.#parts.book.connected(peer);
    this.#handlers?.peerConnected(peer);
  }

  #linkDown(peer: PeerId, announced: boolean): void {
    this.#server.forget(peer);
    this.#parts.meter.forget(peer);
    this.#parts.book.disconnected(peer, this.#options.clock.monotonicMs());
    if (announced) this.#handlers?.peerDisconnected(peer);
    this.#dialler.run();
  }
}

const TWO_TO_32 = 2 ** 32;

function drawFrom(random: Random): () => number {
  return () => new DataView(random.bytes(4).slice().buffer).getUint32(0) / TWO_TO_32;
}

function hostAndPort(options: Libp2pTransportOptions): string {
  return `${options.host ?? "127.0.0.1"} port ${options.port}`;
}

/** The cause, as a person needs it: libp2p wraps the errors of its listeners. */
function listenFault(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (text.includes("EADDRINUSE")) return "another program uses it: choose another port, or 0 for any";
  if (text.includes("EADDRNOTAVAIL")) return "no interface of this machine has that address";
  return text.split("\n").join(" ");
}
