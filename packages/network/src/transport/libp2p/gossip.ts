import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { Log } from "@forkyard/core/ports/log";
import {
  MAX_GOSSIP_BACKLOG,
  MAX_GOSSIP_BYTES,
  MAX_GOSSIP_PER_TURN,
  MAX_PENDING_VERDICTS,
  MAX_PENDING_VERDICTS_PER_PEER,
  VERDICT_TIMEOUT_MS,
} from "../../limits.ts";
import { messageId, TOPICS, topicName } from "../../topics.ts";
import type { PeerId, Topic, TransportHandlers, Verdict } from "../transport.ts";
import { raise } from "./deadline.ts";
import { forgetMessage, type GossipRouter } from "./gossip-router.ts";

interface Incoming {
  readonly id: string;
  readonly topic: Topic;
  readonly from: PeerId;
  readonly payload: Uint8Array;
}

interface GossipPorts {
  readonly chainId: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/**
 * Between the router and the node: hands over new messages in turns that leave the event loop its time, and sees to it
 * that each gets exactly one verdict in bounded time.
 */
export class Gossip {
  readonly #router: GossipRouter;
  readonly #ports: GossipPorts;
  readonly #topics: ReadonlyMap<string, Topic>;
  readonly #pending: Record<Topic, Map<PeerId, number>> = { blocks: new Map(), txs: new Map() };
  readonly #timeouts = new Set<() => void>();
  #backlog: Incoming[] = [];
  #handledThisTurn = 0;
  #cancelTurn: (() => void) | undefined;
  #handlers: TransportHandlers | undefined;

  constructor(router: GossipRouter, ports: GossipPorts) {
    this.#router = router;
    this.#ports = ports;
    this.#topics = new Map(TOPICS.map((topic) => [topicName(ports.chainId, topic), topic]));
  }

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
    this.#router.addEventListener("gossipsub:message", (event) => {
      const { msgId, propagationSource, msg } = event.detail;
      const topic = this.#topics.get(msg.topic);
      if (topic === undefined) return;
      this.#arrived({ id: msgId, topic, from: propagationSource.toString(), payload: msg.data });
    });
    for (const name of this.#topics.keys()) this.#router.subscribe(name);
  }

  /** No handler is called from here on. */
  stop(): void {
    this.#handlers = undefined;
    this.#backlog = [];
    this.#cancelTurn?.();
    for (const cancel of this.#timeouts) cancel();
    this.#timeouts.clear();
  }

  publish(topic: Topic, payload: Uint8Array): void {
    this.#router.publish(topicName(this.#ports.chainId, topic), payload).catch((error: Error) => {
      this.#ports.log.warn("gossip.publish-failed", { topic, error: error.message });
    });
  }

  /** The same for a message that has gone round already: those who had it drop it, the others send it on. */
  publishAgain(topic: Topic, payload: Uint8Array): void {
    forgetMessage(this.#router, messageId(topicName(this.#ports.chainId, topic), payload));
    this.publish(topic, payload);
  }

  /** True when what we publish reaches the peer: it takes part in all topics and we can write to it. */
  ready(peer: PeerId): boolean {
    if (!this.#router.streamsOutbound.has(peer)) return false;
    return [...this.#topics.keys()].every((name) =>
      this.#router.getSubscribers(name).some((subscriber) => subscriber.toString() === peer),
    );
  }

  /** True while there is a stream to write gossip to the peer. */
  writable(peer: PeerId): boolean {
    return this.#router.streamsOutbound.has(peer);
  }

  score(peer: PeerId): number {
    return this.#router.getScore(peer);
  }

  #arrived(message: Incoming): void {
    if (message.payload.length > MAX_GOSSIP_BYTES[message.topic]) {
      this.#report(message, "reject");
      return;
    }
    if (this.#backlog.length >= MAX_GOSSIP_BACKLOG) {
      this.#report(message, "ignore");
      return;
    }
    this.#backlog.push(message);
    this.#drain();
  }

  /** Handles what waits, up to the limit of a turn; the rest in the next. */
  #drain(): void {
    this.#cancelTurn ??= this.#ports.timers.after(0, () => {
      this.#cancelTurn = undefined;
      this.#handledThisTurn = 0;
      if (this.#backlog.length > 0) this.#drain();
    });
    const count = Math.min(this.#backlog.length, MAX_GOSSIP_PER_TURN - this.#handledThisTurn);
    this.#handledThisTurn += count;
    for (const message of this.#backlog.splice(0, count)) this.#handle(message);
  }

  #handle(message: Incoming): void {
    const handlers = this.#handlers;
    if (handlers === undefined) return;
    if (!this.#admit(message)) {
      this.#report(message, "ignore");
      return;
    }
    let open = true;
    let cancelTimeout: (() => void) | undefined;
    const verdict = (given: Verdict): void => {
      if (!open) return;
      open = false;
      cancelTimeout?.();
      if (cancelTimeout !== undefined) this.#timeouts.delete(cancelTimeout);
      this.#release(message);
      this.#report(message, given);
    };
    try {
      handlers.gossip(message.topic, message.from, message.payload, verdict);
    } catch (error) {
      // Our own mistake: nobody is blamed for it, and it is not hidden.
      verdict("ignore");
      raise(this.#ports.timers, error);
    }
    if (!open) return;
    cancelTimeout = this.#ports.timers.after(VERDICT_TIMEOUT_MS, () => {
      this.#ports.log.warn("gossip.no-verdict", { topic: message.topic, from: message.from });
      verdict("ignore");
    });
    this.#timeouts.add(cancelTimeout);
  }

  /** Counts the message as waiting, unless too many wait already. */
  #admit({ topic, from }: Incoming): boolean {
    const pending = this.#pending[topic];
    const ofPeer = pending.get(from) ?? 0;
    let total = 0;
    for (const count of pending.values()) total += count;
    if (ofPeer >= MAX_PENDING_VERDICTS_PER_PEER[topic] || total >= MAX_PENDING_VERDICTS[topic]) return false;
    pending.set(from, ofPeer + 1);
    return true;
  }

  #release({ topic, from }: Incoming): void {
    const left = (this.#pending[topic].get(from) ?? 1) - 1;
    if (left === 0) this.#pending[topic].delete(from);
    else this.#pending[topic].set(from, left);
  }

  #report(message: Incoming, verdict: Verdict): void {
    this.#router.reportMessageValidationResult(message.id, message.from, verdict);
  }
}
