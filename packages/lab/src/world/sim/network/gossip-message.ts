import { hash256, hashToString } from "@forkyard/core/hash";
import type { Topic } from "@forkyard/network/transport/transport";

/** A gossiped message: the same object on all nodes, so that payloads are decoded and compared once. */
export interface GossipMessage {
  readonly id: number;
  readonly topic: Topic;
  readonly payload: Uint8Array;
}

/** Gives equal payloads one message. */
export class GossipMessages {
  readonly #byPayload = new WeakMap<Uint8Array, GossipMessage>();
  readonly #byContent = new Map<string, GossipMessage>();

  of(topic: Topic, payload: Uint8Array): GossipMessage {
    const known = this.#byPayload.get(payload);
    if (known !== undefined) return known;
    const content = hashToString(hash256(payload));
    const message = this.#byContent.get(content) ?? { id: this.#byContent.size, topic, payload };
    this.#byContent.set(content, message);
    this.#byPayload.set(payload, message);
    return message;
  }
}
