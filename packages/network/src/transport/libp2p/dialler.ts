import { InputError } from "@forkyard/core/errors";
import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { Log } from "@forkyard/core/ports/log";
import { quoted } from "@forkyard/core/printable";
import type { PeerId as LibPeerId } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import { DIAL_TIMEOUT_MS, MAX_CONNECTIONS } from "../../limits.ts";
import { type PeerBook, peerIdInAddress } from "../../peer-book.ts";
import type { PeerId } from "../transport.ts";
import { deadline } from "./deadline.ts";
import type { Libp2pNode } from "./libp2p-node.ts";
import type { PeerGate } from "./peer-gate.ts";

interface DiallerPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/** Dials what the peer book says is due, for as long as the node runs. */
export class Dialler {
  readonly #node: Libp2pNode;
  readonly #book: PeerBook;
  readonly #gate: PeerGate;
  readonly #ports: DiallerPorts;
  #cancel: () => void = () => {};
  #running = false;

  constructor(node: Libp2pNode, book: PeerBook, gate: PeerGate, ports: DiallerPorts) {
    this.#node = node;
    this.#book = book;
    this.#gate = gate;
    this.#ports = ports;
  }

  start(): void {
    this.#running = true;
    this.#book.start(this.#ports.clock.monotonicMs());
    this.#node.addEventListener("peer:discovery", (event) => this.#discovered(event.detail.id));
    this.run();
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
  }

  /** Dials what is due and sets the timer for the next. Call it whenever the book has changed. */
  run(): void {
    this.#cancel();
    if (!this.#running) return;
    const nowMs = this.#ports.clock.monotonicMs();
    for (const address of this.#book.takeDue(nowMs, this.#gate.blocked)) void this.#dialStatic(address);
    const dueMs = this.#book.nextDueMs(this.#gate.blocked);
    if (Number.isFinite(dueMs)) this.#cancel = this.#ports.timers.after(Math.max(0, dueMs - nowMs), () => this.run());
  }

  /** Connects once. @throws InputError */
  async dial(address: string): Promise<PeerId> {
    const target = parseAddress(address);
    const { signal, cancel } = deadline(this.#ports.timers, DIAL_TIMEOUT_MS);
    try {
      const connection = await this.#node.dial(target, { signal });
      return connection.remotePeer.toString();
    } catch (error) {
      throw new InputError(`cannot connect to ${address}: ${(error as Error).message}`);
    } finally {
      cancel();
    }
  }

  async #dialStatic(address: string): Promise<void> {
    let peerId = this.#connectedPeer(address);
    try {
      peerId ??= await this.dial(address);
    } catch (error) {
      this.#ports.log.debug("peer.dial-failed", { address, error: (error as Error).message });
    }
    this.#book.dialEnded(address, peerId, this.#ports.clock.monotonicMs());
    this.run();
  }

  /** The peer of the address when it has connected to us meanwhile: a second connection would serve nobody. */
  #connectedPeer(address: string): PeerId | undefined {
    const peerId = peerIdInAddress(address);
    return this.#node
      .getPeers()
      .find((peer) => peer.toString() === peerId)
      ?.toString();
  }

  /** A peer found on the local network (libp2p tells of every new peer that it hears of, connected ones too). */
  #discovered(peer: LibPeerId): void {
    if (this.#gate.denied(peer.toString()) || this.#node.getConnections(peer).length > 0) return;
    if (this.#node.getConnections().length + this.#node.getDialQueue().length >= MAX_CONNECTIONS) return;
    const { signal, cancel } = deadline(this.#ports.timers, DIAL_TIMEOUT_MS);
    this.#node
      .dial(peer, { signal })
      .catch((error: Error) =>
        this.#ports.log.debug("peer.dial-failed", { peer: peer.toString(), error: error.message }),
      )
      .finally(cancel);
  }
}

/** @throws InputError */
export function parseAddress(address: string): ReturnType<typeof multiaddr> {
  try {
    return multiaddr(address);
  } catch (error) {
    const example = "/ip4/127.0.0.1/tcp/18444/p2p/12D3Koo...";
    throw new InputError(`${quoted(address)} is no multiaddress like ${example}: ${(error as Error).message}`);
  }
}
